// From opening to closing MRR: one floating bar per movement, each beginning where the last ended.

import { s } from "../dom.js";
import { axisUsd } from "../format.js";
import { filled } from "../patterns.js";
import { axis, cursor, frame, scale, ticks } from "./frame.js";

const PAD = { top: 22, right: 4, bottom: 34, left: 46 };

/** steps: [{label, short, from, to, fill, text, brief}] in floats; describe(n) → {content, words}; open(n). */
export function waterfall({ label, steps, isPartial, describe, open }) {
  return frame(label, (width, height, chart) => {
    const right = width - PAD.right;
    const bottom = height - PAD.bottom;
    const ends = steps.flatMap(({ from, to, isTotal }) => (isTotal ? [to] : [from, to]));
    const spread = Math.max(...ends) - Math.min(...ends);
    // Movements are small beside the whole: the axis begins near them and says so by its labels.
    const near = Math.min(...ends) - spread * 0.6;
    const [low, high] = [near < spread * 0.5 ? 0 : near, Math.max(...ends) || 1];
    const y = scale(low, high, bottom, PAD.top);
    const values = ticks(low, high);
    const step = (right - PAD.left) / steps.length;
    const size = Math.min(46, step * 0.7);
    const centre = (n) => PAD.left + (n + 0.5) * step;
    const columns = steps.map((_, n) =>
      s("rect", { class: "hover", x: PAD.left + n * step, width: step, y: PAD.top - 16, height: bottom - PAD.top + 16, rx: 4 }),
    );
    const svg = s("svg", { "aria-hidden": "true" },
      axis(values, y, PAD.left, right, axisUsd),
      columns,
      steps.slice(1).map((one, n) => connector(steps[n], centre(n) + size / 2, centre(n + 1) - size / 2, y)),
      steps.flatMap((one, n) => bar(one, centre(n), size, y, bottom, isPartial && n === steps.length - 1, step < 46)),
      steps.map((one, n) => name(one, centre(n), step, height)),
    );
    cursor(chart, { columns, centre, top: PAD.top, describe, open });
    return svg;
  });
}

function connector(one, x1, x2, y) {
  return s("line", { class: "connector", x1, x2, y1: y(one.to), y2: y(one.to) });
}

function bar(one, middle, size, y, bottom, isPartial, isTight) {
  const top = Math.min(y(one.to), one.isTotal ? bottom : y(one.from));
  const end = Math.max(y(one.to), one.isTotal ? bottom : y(one.from));
  const place = { x: middle - size / 2, width: size, y: top, height: Math.max(1.5, end - top), rx: 2.5 };
  return [
    ...filled(one.fill, isPartial ? " partial" : "", place),
    s("text", { class: isTight ? "value tight" : "value", x: middle, y: top - 6, "text-anchor": "middle" }, isTight ? one.brief : one.text),
  ];
}

function name(one, x, step, height) {
  const text = step < 76 ? one.short : one.label;
  const turned = step < 44 ? { transform: `rotate(-38 ${x} ${height - 18})`, "text-anchor": "end" } : { "text-anchor": "middle" };
  return s("text", { x, y: height - 14, ...turned }, text);
}
