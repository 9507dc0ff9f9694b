// Stacked bars by period, above and below zero, with an optional line; partial periods are dashed.

import { s } from "../dom.js";
import { tick } from "../format.js";
import { filled } from "../patterns.js";
import { axis, cursor, every, frame, scale, ticks } from "./frame.js";

const PAD = { top: 12, right: 4, bottom: 24, left: 46 };

/**
 * rows: [{date, is_partial}]; series: [{name, fill, value(row) → float, below}];
 * line: {name, value(row)} or null; before(row) → float or null: what the period is compared with;
 * axis: {text(float), least: between two of its values}; describe(n) → {content, words}; open(n): called when a period is chosen.
 */
export function bars({ label, rows, series, line, before, grain, axis: { text: axisText, least }, describe, open }) {
  return frame(label, (width, height, chart) => {
    const right = width - PAD.right;
    const bottom = height - PAD.bottom;
    const sum = (row, below) =>
      series.reduce((total, one) => total + sideOf(one, row, below), 0);
    const others = rows.map((row) => before?.(row) ?? 0);
    const tops = rows.map((row, n) => Math.max(sum(row, false), line ? line.value(row) : 0, others[n]));
    const lows = rows.map((row) => Math.min(-sum(row, true), line ? line.value(row) : 0));
    const [low, high] = [Math.min(0, ...lows) * 1.04, Math.max(...tops, 0.0001) * 1.06];
    const y = scale(low, high, bottom, PAD.top);
    const values = ticks(low, high, least);
    const step = (right - PAD.left) / rows.length;
    const size = Math.max(1.5, Math.min(44, step * (step > 14 ? 0.66 : 0.76)));
    const centre = (n) => PAD.left + (n + 0.5) * step;
    const columns = rows.map((_, n) =>
      s("rect", { class: "hover", x: PAD.left + n * step, width: step, y: PAD.top - 6, height: bottom - PAD.top + 6, rx: 4 }),
    );
    const svg = s("svg", { "aria-hidden": "true" },
      axis(values, y, PAD.left, right, axisText),
      columns,
      rows.flatMap((row, n) => stack(row, series, centre(n) - size / 2, size, y)),
      before ? rows.map((row, n) => mark(before(row), centre(n), size, y)) : [],
      labels(rows, grain, centre, step, width, height),
      line ? path(rows, line, centre, y, step) : [],
    );
    cursor(chart, { columns, centre, top: PAD.top, describe, open });
    return svg;
  });
}

/** What a series adds to a side of zero: negative values change sides. */
function sideOf(one, row, below) {
  const value = one.below ? -one.value(row) : one.value(row);
  return value < 0 === below ? Math.abs(value) : 0;
}

function stack(row, series, x, width, y) {
  const reached = { above: 0, below: 0 };
  return series.flatMap((one) => {
    const value = one.below ? -one.value(row) : one.value(row);
    if (!value) return [];
    const side = value < 0 ? "below" : "above";
    const from = reached[side];
    reached[side] += Math.abs(value);
    const edges = value < 0 ? [y(-from), y(-reached[side])] : [y(reached[side]), y(from)];
    const thick = Math.max(0.75, edges[1] - edges[0] - (from > 0 ? 1 : 0));
    const place = { x, width, y: value < 0 ? edges[1] - thick : edges[0], height: thick, rx: Math.min(2, width / 4) };
    return filled(one.fill, row.is_partial ? " partial" : "", place);
  });
}

function mark(value, middle, size, y) {
  if (value === null || value === undefined) return null;
  return s("line", { class: "before", x1: middle - size / 2 - 2, x2: middle + size / 2 + 2, y1: y(value), y2: y(value) });
}

function labels(rows, grain, centre, step, width, height) {
  const skip = every(grain === "month" ? 34 : 50, step);
  const offset = (rows.length - 1) % skip;
  return rows.flatMap((row, n) => {
    if (n % skip !== offset) return [];
    const isAtEdge = centre(n) + 20 > width;
    const place = isAtEdge ? { x: width, "text-anchor": "end" } : { x: centre(n), "text-anchor": "middle" };
    return [s("text", { ...place, y: height - 4 }, tick(row.date, grain))];
  });
}

function path(rows, line, centre, y, step) {
  const points = rows.map((row, n) => [centre(n), y(line.value(row))]);
  const whole = rows.at(-1)?.is_partial ? points.slice(0, -1) : points;
  const draw = (list) => list.map(([a, b], n) => `${n ? "L" : "M"}${a.toFixed(1)} ${b.toFixed(1)}`).join("");
  const dots = step < 22 ? [] : points.map(([cx, cy]) => s("circle", { class: "net-dot", cx, cy, r: 2.6 }));
  const tail = whole.length < points.length && points.length > 1;
  return [
    s("path", { class: "net", d: draw(whole) }),
    tail ? s("path", { class: "net partial", d: draw(points.slice(-2)) }) : null,
    ...dots,
  ];
}
