// What all SVG charts share: a frame that follows its size, a scale, an axis, and a data cursor that
// pointer and arrow keys move alike.

import { announce, h, s } from "../dom.js";
import { hide, show } from "./tooltip.js";

/** Call `draw(width, height)` now and whenever the element's size changes. */
export function frame(label, draw) {
  const chart = h("div", { class: "chart", tabindex: "0", role: "img", "aria-label": label });
  const observer = new ResizeObserver(([{ contentRect }]) => {
    const { width, height } = contentRect;
    if (width > 0 && height > 0) chart.replaceChildren(draw(width, height, chart));
  });
  observer.observe(chart);
  return chart;
}

/** Round numbers between `low` and `high`, about `count` of them. */
export function ticks(low, high, count = 4) {
  const rough = (high - low || Math.abs(high) || 1) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= rough * 0.999);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, n) => (first + n) * step);
}

/** A function from values to pixels. */
export function scale(low, high, from, to) {
  return (value) => from + ((value - low) / (high - low || 1)) * (to - from);
}

/** Horizontal lines with their labels. */
export function axis(values, y, left, right, text) {
  return values.flatMap((value) => [
    s("line", { class: value === 0 ? "zero" : "gridline", x1: left, x2: right, y1: y(value), y2: y(value) }),
    s("text", { x: left - 8, y: y(value) + 4, "text-anchor": "end" }, text(value)),
  ]);
}

/** Show every n-th label, so that none touch: n for labels of a width on steps of a width. */
export function every(width, step) {
  return Math.max(1, Math.ceil(width / step));
}

/** Let pointer and arrow keys choose among columns; `describe(n)` gives tooltip and spoken words. */
export function cursor(chart, { columns, centre, top, describe }) {
  let chosen = -1;
  const choose = (index, x, y) => {
    columns[chosen]?.classList.remove("is-active");
    chosen = index;
    if (index < 0) return hide();
    columns[index].classList.add("is-active");
    show(describe(index).content, x, y);
  };
  chart.onpointermove = (event) => {
    const { left } = chart.getBoundingClientRect();
    const x = event.clientX - left;
    const distances = columns.map((_, n) => Math.abs(centre(n) - x));
    choose(distances.indexOf(Math.min(...distances)), event.clientX, event.clientY);
  };
  chart.onpointerleave = () => choose(-1);
  chart.onblur = () => choose(-1);
  chart.onkeydown = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape") choose(-1);
    if (!step || !columns.length) return;
    event.preventDefault();
    const last = columns.length - 1;
    const index = chosen < 0 ? (step > 0 ? 0 : last) : Math.min(last, Math.max(0, chosen + step));
    const box = chart.getBoundingClientRect();
    choose(index, box.left + centre(index), box.top + top);
    announce(describe(index).words);
  };
}
