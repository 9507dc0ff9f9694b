// A grid of shares, one row a cohort: darker is more, and each cell says its number.

import { s } from "../dom.js";
import { cursor, frame } from "./frame.js";

const PAD = { top: 26, left: 112 };
const LOW = 22;

/**
 * rows: [{name, cells: [{share: float or null, text, isPartial}]}]; heads: [text] above the columns;
 * describe(row, column) → {content, words}; open(row).
 */
export function heatmap({ label, rows, heads, describe, open }) {
  const chart = frame(label, (width, height, element) => {
    const step = (width - PAD.left) / heads.length;
    const tall = (height - PAD.top) / rows.length;
    const isTight = step < 34;
    const cells = rows.flatMap(({ cells: row }, n) => row.map((cell, m) => ({ ...cell, n, m })));
    const drawn = cells.map((cell) => box(cell, step, tall));
    const svg = s("svg", { "aria-hidden": "true" },
      rows.map(({ name }, n) => s("text", { x: 0, y: PAD.top + (n + 0.5) * tall + 4 }, name)),
      heads.map((head, m) => (isTight && m % 2 ? null : s("text", { x: PAD.left + (m + 0.5) * step, y: 12, "text-anchor": "middle" }, head))),
      drawn,
      isTight ? [] : cells.map((cell) => text(cell, step, tall)),
    );
    cursor(element, {
      columns: drawn,
      centre: (i) => PAD.left + (cells[i].m + 0.5) * step,
      at: (i) => PAD.top + (cells[i].n + 0.5) * tall,
      top: PAD.top,
      describe: (i) => describe(cells[i].n, cells[i].m),
      open: open && ((i) => open(cells[i].n)),
      beside: (i, key) => neighbour(cells, i, key),
    });
    return svg;
  });
  chart.classList.add("tall");
  chart.style.minHeight = `${PAD.top + rows.length * LOW}px`;
  return chart;
}

/** The cell that an arrow leads to; rows are not all as long. */
function neighbour(cells, index, key) {
  if (index < 0) return 0;
  const { n, m } = cells[index];
  const [down, across] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key];
  const found = cells.findIndex((cell) => cell.n === n + down && cell.m === m + across);
  return found < 0 ? index : found;
}

function box({ n, m, share, isPartial }, step, tall) {
  const place = { x: PAD.left + m * step + 1, y: PAD.top + n * tall + 1, width: Math.max(1, step - 2), height: tall - 2, rx: 3 };
  const cell = s("rect", { class: `cell${isPartial ? " partial" : ""}`, ...place });
  cell.dataset.level = share === null ? "none" : levelOf(share);
  return cell;
}

/** One of six steps: an eye tells no more apart. */
function levelOf(share) {
  return Math.min(5, Math.floor(share * 6));
}

function text({ n, m, text: words, share, isPartial }, step, tall) {
  const look = !isPartial && share !== null && levelOf(share) === 5 ? "cell-text on-dark" : "cell-text";
  return s("text", { class: look, x: PAD.left + (m + 0.5) * step, y: PAD.top + (n + 0.5) * tall + 4, "text-anchor": "middle" }, words);
}
