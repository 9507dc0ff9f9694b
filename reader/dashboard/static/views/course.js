// Figures over time, as lines: their key, and the same rows as a table.

import { period } from "../format.js";
import { legend } from "../panel.js";
import { swatch } from "../patterns.js";
import { table } from "../table.js";
import { content } from "../tooltip.js";
import { pixel } from "./periods.js";

/**
 * rows: periods; series: [{name, fill, of(row) → amount or null, short}], fill "before" for what is
 * compared with; more: further columns of the table.
 */
export function course({ label, rows, series, grain, how, drill, more = [] }) {
  if (!rows.length) return null;
  const shown = series.filter((one) => rows.some((row) => one.of(row) !== null));
  if (!shown.length) return null;
  const describe = (n) => {
    const row = rows[n];
    const lines = shown.map((one) => ({ swatch: swatch({ line: true, fill: one.fill }), label: one.name, value: how.exact(one.of(row)) }));
    const words = shown.slice(0, 3).map((one) => `${one.name} ${how.exact(one.of(row))}`).join(", ");
    return { content: content(period(row, grain), lines), words: `${period(row, grain)}: ${words}` };
  };
  const columns = [
    { name: "Period", isText: true, cell: (row) => period(row, grain) },
    ...shown.map((one) => ({ name: one.name, cell: (row) => how.text(one.of(row)), title: (row) => how.exact(one.of(row)) })),
    ...more,
  ];
  return {
    chart: (charts) => [
      charts.lines({
        label,
        dates: rows.map(({ date }) => date),
        series: shown.map((one) => ({ ...one, values: rows.map((row) => pixel(one.of(row))) })),
        isPartial: rows.at(-1).is_partial,
        grain,
        axisText: how.axis,
        describe,
        open: drill && ((n) => drill(rows[n], grain)),
      }),
      shown.length > 1 ? legend(shown.map((one) => ({ ...one, line: true }))) : null,
    ],
    table: () => table(label, columns, rows.toReversed()),
  };
}
