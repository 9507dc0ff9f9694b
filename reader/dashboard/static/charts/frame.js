// What all SVG charts share: a frame that follows its size, a scale, an axis, and a data cursor that
// pointer and arrow keys move alike.

import { announce, h, s } from "../dom.js";
import { hide, show } from "../tooltip.js";

/** What a chart is drawn into: one stop of the Tab key, with a name that says it all. */
export function canvas(label) {
  const help = "Arrow keys read the values; Enter opens what is behind one.";
  return h("div", { class: "chart", tabindex: "0", role: "img", "aria-label": label, "aria-description": help });
}

/** Call `draw(width, height)` now and whenever the element's size changes. */
export function frame(label, draw) {
  const chart = canvas(label);
  const observer = new ResizeObserver(([{ contentRect }]) => {
    const { width, height } = contentRect;
    if (width > 0 && height > 0) chart.replaceChildren(draw(width, height, chart));
  });
  observer.observe(chart);
  return chart;
}

/** Round numbers between `low` and `high`, about `count` of them, at least `least` apart. */
export function ticks(low, high, least = 0, count = 4) {
  const rough = Math.max(least, (high - low || Math.abs(high) || 1) / count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (least ? [1, 2, 5, 10] : [1, 2, 2.5, 5, 10]).map((n) => n * power).find((n) => n >= rough * 0.999);
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

/**
 * Let pointer and arrow keys choose among columns; `describe(n)` gives tooltip and spoken words,
 * `open(n)`, if there is one, what Enter and a click lead to. A grid says with `at(n)` how far down
 * a cell is, and with `beside(n, key)` which one an arrow leads to.
 */
export function cursor(chart, { columns, centre, top, describe, open, at, beside = along }) {
  let chosen = -1;
  const choose = (index, x, y) => {
    columns[chosen]?.classList.remove("is-active");
    chosen = index;
    if (index < 0) return hide();
    columns[index].classList.add("is-active");
    show(describe(index).content, x, y);
  };
  const nearest = (event) => {
    const box = chart.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const distances = columns.map((_, n) => Math.abs(centre(n) - x) + (at ? Math.abs(at(n) - y) : 0));
    return distances.indexOf(Math.min(...distances));
  };
  chart.classList.toggle("opens", !!open);
  chart.onpointermove = (event) => choose(nearest(event), event.clientX, event.clientY);
  chart.onclick = (event) => open?.(nearest(event));
  chart.onpointerleave = () => choose(-1);
  chart.onblur = () => choose(-1);
  chart.onkeydown = (event) => {
    if (event.key === "Escape") choose(-1);
    if (event.key === "Enter" && chosen >= 0 && open) {
      // The same press must not reach the button that has the focus in what opens.
      event.preventDefault();
      open(chosen);
    }
    if (!event.key.startsWith("Arrow") || !columns.length) return;
    const wanted = beside(chosen, event.key);
    if (wanted === null) return;
    event.preventDefault();
    const last = columns.length - 1;
    const index = chosen >= 0 ? Math.min(last, Math.max(0, wanted)) : wanted < 0 ? last : 0;
    const box = chart.getBoundingClientRect();
    choose(index, box.left + centre(index), box.top + (at ? at(index) : top));
    announce(describe(index).words);
  };
}

/** Left and right; from nowhere (−1), left begins at the end. */
function along(index, key) {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
  return step === undefined ? null : index + step;
}
