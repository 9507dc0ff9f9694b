// A line without axes, for a card.

import { s } from "../dom.js";

const WIDTH = 200;
const HEIGHT = 40;

/** values: floats, oldest first; the last piece is dashed if its period is still running. */
export function spark(values, isPartial) {
  const svg = s("svg", { class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" });
  if (values.length < 2) return svg;
  const low = Math.min(...values);
  const span = Math.max(...values) - low;
  const points = values.map((value, n) => [
    (n / (values.length - 1)) * WIDTH,
    span ? 34 - ((value - low) / span) * 29 : 22,
  ]);
  const draw = (list) => list.map(([x, y], n) => `${n ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
  const whole = isPartial ? points.slice(0, -1) : points;
  svg.append(s("path", { class: "area", d: `${draw(points)}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z` }));
  if (whole.length > 1) svg.append(s("path", { class: "line", d: draw(whole) }));
  if (isPartial) svg.append(s("path", { class: "line partial", d: draw(points.slice(-2)) }));
  return svg;
}
