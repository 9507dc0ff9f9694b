// Colour is never alone: what is filled also has a pattern, what is a line has a dash.

import { h, s } from "./dom.js";

// Drawn in white (or black) over the colour, so that they hold in both themes and in print.
const PATTERNS = {
  rise: ["M-1 7 7-1M3 11 11 3"],
  fall: ["M-1 1 7 9M3-3 11 5"],
  dots: ["M2 2h.01M6 6h.01"],
  bars: ["M4 0v8"],
  rows: ["M0 4h8"],
  grid: ["M4 0v8M0 4h8"],
};

const OF_FILL = {
  1: null, 2: "rise", 3: "dots", 4: "fall", 5: "rows", 6: "grid",
  up: null, down: "rise", pause: "dots", rest: null,
  gross: null, refunds: "rise", disputes: "grid", fees: "dots",
};

/** The hidden drawing that holds the patterns; every page has one. */
export function patterns() {
  const made = Object.entries(PATTERNS).map(([name, paths]) =>
    s("pattern", { id: `pattern-${name}`, width: 8, height: 8, patternUnits: "userSpaceOnUse" },
      ...paths.map((d) => s("path", { d, class: "pattern" }))));
  return s("svg", { class: "patterns", width: 0, height: 0, "aria-hidden": "true" }, s("defs", {}, ...made));
}

/** A filled rectangle, and over it the pattern of its fill. */
export function filled(fill, look, place) {
  const pattern = OF_FILL[fill];
  return [
    s("rect", { class: `fill-${fill}${look}`, ...place }),
    pattern ? s("rect", { class: "over", fill: `url(#pattern-${pattern})`, ...place }) : null,
  ];
}

/** A small square in a series' colour and pattern, or a piece of its line. */
export function swatch({ fill, line }) {
  if (line) return h("i", { class: `swatch line line-${fill ?? "net"}` });
  return s("svg", { class: "swatch", viewBox: "0 0 10 10", "aria-hidden": "true" },
    ...filled(fill, "", { width: 10, height: 10, rx: 2.5 }).filter(Boolean));
}
