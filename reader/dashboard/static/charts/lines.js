// Lines over time on canvas (uPlot): hundreds of days without hundreds of elements.

import { announce, h } from "../dom.js";
import { tick } from "../format.js";
import { hide, show } from "../tooltip.js";
import { canvas, every } from "./frame.js";

// A line is told apart by its dash and by its name at its end, not by its colour alone.
const DASHES = { 1: [], 2: [9, 3], 3: [2, 3], 4: [9, 3, 2, 3], 5: [5, 5], 6: [1, 5], before: [2, 3] };
const RUNNING = [3, 4];

/** The colour that a token has in the theme of the moment; canvas knows no variables. */
function colour(token, alpha) {
  const probe = h("span", { hidden: true });
  probe.style.color = alpha ? `color-mix(in srgb, var(${token}) ${alpha}%, transparent)` : `var(${token})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/**
 * dates: ISO days; series: [{name, values: floats or nulls, fill}], the first with its area if it is
 * alone; isPartial: whether the last period still runs; grain; axisText(float);
 * describe(n) → {content, words}; open(n): called when a period is chosen.
 */
export function lines(spec) {
  const chart = canvas(spec.label);
  const size = new ResizeObserver(() => draw());
  const theme = new MutationObserver(() => draw());
  const system = matchMedia("(prefers-color-scheme: dark)");
  const draw = () => {
    chart.plot?.destroy();
    chart.plot = null;
    const { width, height } = chart.getBoundingClientRect();
    if (width) chart.plot = new window.uPlot(options(width, height, spec), columns(spec), chart);
    // Taken off the page, it has no size any more: nothing may keep it.
    if (!chart.isConnected) forget();
  };
  const forget = () => {
    size.disconnect();
    theme.disconnect();
    system.removeEventListener("change", draw);
  };
  size.observe(chart);
  theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  system.addEventListener("change", draw);
  chart.classList.toggle("opens", !!spec.open);
  chart.addEventListener("keydown", (event) => move(event, chart, spec));
  chart.addEventListener("click", () => typeof chart.plot?.cursor.idx === "number" && spec.open?.(chart.plot.cursor.idx));
  chart.addEventListener("blur", hide);
  return chart;
}

/** A running period's piece is a line of its own, dashed: its values stand in a second column. */
function columns({ dates, series, isPartial }) {
  const last = dates.length - 1;
  const values = series.flatMap((one) => {
    if (!runs(one, isPartial)) return [one.values];
    const whole = one.values.map((value, n) => (n === last ? null : value));
    const tail = one.values.map((value, n) => (n >= last - 1 ? value : null));
    return [whole, tail];
  });
  return [dates.map((_, n) => n), ...values];
}

const runs = (one, isPartial) => isPartial && one.fill !== "before" && one.values.length > 1;

function move(event, chart, { dates, describe, open }) {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!chart.plot) return;
  const { idx } = chart.plot.cursor;
  const isChosen = idx !== null && idx !== undefined;
  if (event.key === "Escape") chart.plot.setCursor({ left: -10, top: -10 });
  if (event.key === "Enter" && isChosen && open) {
    // The same press must not reach the button that has the focus in what opens.
    event.preventDefault();
    open(idx);
  }
  if (!step) return;
  event.preventDefault();
  const last = dates.length - 1;
  const index = Math.min(last, Math.max(0, isChosen ? idx + step : step > 0 ? 0 : last));
  chart.plot.setCursor({ left: chart.plot.valToPos(index, "x"), top: 40 });
  announce(describe(index).words);
}

function options(width, height, spec) {
  const { dates, grain, axisText } = spec;
  const text = { stroke: colour("--ink-3"), font: "500 12px Inter, system-ui, sans-serif" };
  const names = spec.series.length > 1 && width > 420;
  const marks = positions(dates, (width - (names ? 150 : 60)) / dates.length, grain);
  return {
    width,
    height,
    padding: [10, names ? 92 : 10, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false }, points: { size: 8, fill: () => colour("--surface"), width: 2 } },
    scales: { x: { time: false }, y: { range: (_, low, high) => around(low, high) } },
    axes: [
      {
        ...text,
        grid: { show: false },
        ticks: { show: false },
        size: 26,
        splits: () => marks,
        values: (_, splits) => splits.map((n) => tick(dates[n], dates.length > 200 ? "month" : grain)),
      },
      {
        ...text,
        size: 52,
        gap: 8,
        grid: { stroke: colour("--line"), width: 1 },
        ticks: { show: false },
        values: (_, splits) => splits.map(axisText),
      },
    ],
    series: [{}, ...spec.series.flatMap((one) => looks(one, spec))],
    hooks: {
      setCursor: [(plot) => point(plot, spec.describe)],
      draw: names ? [(plot) => name(plot, spec.series)] : [],
    },
  };
}

function looks(one, { series, isPartial }) {
  const stroke = colour(one.fill === "before" ? "--ink-3" : `--series-${one.fill}`);
  const isAlone = series.filter(({ fill }) => fill !== "before").length === 1 && one.fill !== "before";
  const points = { show: one.values.length <= 31 && one.fill !== "before", size: 5, fill: stroke };
  const look = { stroke, width: one.fill === "before" ? 1.2 : 1.8, spanGaps: false, points };
  const whole = { ...look, dash: DASHES[one.fill], ...(isAlone ? { fill: colour("--series-1", 9) } : {}) };
  return runs(one, isPartial) ? [whole, { ...look, dash: RUNNING }] : [whole];
}

/** Write each line's name at its end, none over another. */
function name(plot, series) {
  const ends = series.flatMap((one) => {
    const value = one.values.findLast((each) => each !== null);
    return value === undefined ? [] : [{ ...one, y: plot.valToPos(value, "y", true) }];
  });
  ends.sort((a, b) => a.y - b.y);
  const { ctx } = plot;
  const ratio = devicePixelRatio || 1;
  const { left, top, width, height } = plot.bbox;
  const room = 14 * ratio;
  ends.forEach((one, n) => (one.y = Math.max(one.y, n ? ends[n - 1].y + room : top + room / 2)));
  const excess = (ends.at(-1)?.y ?? 0) - (top + height - room / 2);
  if (excess > 0) for (const one of ends) one.y -= excess;
  ctx.save();
  ctx.font = `550 ${11.5 * ratio}px Inter, system-ui, sans-serif`;
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  for (const one of ends) {
    ctx.fillStyle = colour(one.fill === "before" ? "--ink-3" : "--ink-2");
    ctx.fillText(one.short ?? one.name, left + width + 8 * ratio, one.y);
  }
  ctx.restore();
}

/** Where days are named: months where they begin, else days in equal steps, none at the edges. */
function positions(dates, step, grain) {
  if (dates.length <= 200) {
    const skip = every(grain === "month" ? 40 : 64, step);
    const edge = grain === "month" ? 0 : Math.ceil(26 / step);
    const indexes = dates.map((_, n) => n).slice(edge, edge ? -edge : undefined);
    return indexes.filter((n) => (dates.length - 1 - n) % skip === Math.min(edge, skip - 1));
  }
  const edge = Math.ceil(26 / step);
  const indexes = dates.map((_, n) => n).slice(edge, dates.length - edge);
  const skip = every(44, step * 30);
  return indexes.filter((n) => dates[n].endsWith("-01") && (Number(dates[n].slice(5, 7)) - 1) % skip === 0);
}

function around(low, high) {
  if (low === null || high === null) return [0, 1];
  const span = high - low || Math.abs(high) || 1;
  const bottom = low - span * 0.25;
  return [low >= 0 && bottom < span * 0.6 ? 0 : bottom, high + span * 0.08];
}

function point(plot, describe) {
  const { idx, left, top } = plot.cursor;
  if (idx === null || idx === undefined || left < 0) return hide();
  const box = plot.over.getBoundingClientRect();
  show(describe(idx).content, box.left + left, box.top + Math.max(top, 0));
}
