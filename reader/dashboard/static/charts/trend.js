// A long daily line on canvas (uPlot): hundreds of days without hundreds of elements.

import { announce, h } from "../dom.js";
import { axisUsd, tick } from "../format.js";
import { every } from "./frame.js";
import { hide, show } from "./tooltip.js";

/** The colour that a token has in the theme of the moment; canvas knows no variables. */
function colour(token, alpha) {
  const probe = h("span", { hidden: true });
  probe.style.color = alpha ? `color-mix(in srgb, var(${token}) ${alpha}%, transparent)` : `var(${token})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** dates: ISO days; values: floats; describe(n) → {content, words}. */
export function trend({ label, dates, values, describe }) {
  const chart = h("div", { class: "chart", tabindex: "0", role: "img", "aria-label": label });
  const draw = () => {
    const { width, height } = chart.getBoundingClientRect();
    if (!width) return;
    chart.replaceChildren();
    chart.plot = new window.uPlot(options(width, height, dates, chart, describe), [dates.map((_, n) => n), values], chart);
  };
  new ResizeObserver(draw).observe(chart);
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  chart.addEventListener("keydown", (event) => move(event, chart, dates.length, describe));
  chart.addEventListener("blur", () => hide());
  return chart;
}

function move(event, chart, length, describe) {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!step || !chart.plot) return;
  event.preventDefault();
  const { idx } = chart.plot.cursor;
  const index = Math.min(length - 1, Math.max(0, idx === null || idx === undefined ? (step > 0 ? 0 : length - 1) : idx + step));
  const left = chart.plot.valToPos(index, "x");
  chart.plot.setCursor({ left, top: 40 });
  announce(describe(index).words);
}

function options(width, height, dates, chart, describe) {
  const line = colour("--accent");
  const text = { stroke: colour("--ink-3"), font: "500 12px Inter, system-ui, sans-serif" };
  const marks = positions(dates, (width - 60) / dates.length);
  return {
    width,
    height,
    padding: [10, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false }, points: { size: 8, fill: () => colour("--surface"), stroke: () => line, width: 2 } },
    scales: { x: { time: false }, y: { range: (_, low, high) => around(low, high) } },
    axes: [
      {
        ...text,
        grid: { show: false },
        ticks: { show: false },
        size: 26,
        splits: () => marks,
        values: (_, splits) => splits.map((n) => tick(dates[n], dates.length > 200 ? "month" : "day")),
      },
      {
        ...text,
        size: 52,
        gap: 8,
        grid: { stroke: colour("--line"), width: 1 },
        ticks: { show: false },
        values: (_, splits) => splits.map(axisUsd),
      },
    ],
    series: [{}, { stroke: line, width: 1.8, fill: colour("--accent", 9), points: { show: false } }],
    hooks: { setCursor: [(plot) => point(plot, chart, describe)] },
  };
}

/** Where the days are named: months where they begin, else days in equal steps, none at the edges. */
function positions(dates, step) {
  const edge = Math.ceil(26 / step);
  const indexes = dates.map((_, n) => n).slice(edge, dates.length - edge);
  if (dates.length <= 200) {
    const skip = every(64, step);
    return indexes.filter((n) => (dates.length - 1 - n) % skip === Math.min(edge, skip - 1));
  }
  const skip = every(44, step * 30);
  return indexes.filter((n) => dates[n].endsWith("-01") && (Number(dates[n].slice(5, 7)) - 1) % skip === 0);
}

function around(low, high) {
  const span = high - low || Math.abs(high) || 1;
  const bottom = low - span * 0.25;
  return [low >= 0 && bottom < span * 0.6 ? 0 : bottom, high + span * 0.08];
}

function point(plot, chart, describe) {
  const { idx, left, top } = plot.cursor;
  if (idx === null || idx === undefined || left < 0) return hide();
  const box = plot.over.getBoundingClientRect();
  show(describe(idx).content, box.left + left, box.top + Math.max(top, 0));
}
