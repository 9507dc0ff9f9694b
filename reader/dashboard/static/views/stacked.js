// Amounts by period, stacked: bars, their key, and the same rows as a table.

import { period } from "../format.js";
import { legend } from "../panel.js";
import { swatch } from "../patterns.js";
import { table } from "../table.js";
import { content } from "../tooltip.js";
import { pixel } from "./periods.js";

/**
 * rows: periods; series: [{name, fill, of(row) → amount, below}]; line: {name, of(row)}, drawn as
 * one; before(row) → amount or null; total: the name of the sum, if it means something.
 */
export function stacked({ label, rows, series, line, before, total, grain, how, drill }) {
  if (!rows.length) return null;
  const sum = (row) => series.reduce((all, one) => all + (one.below ? -1n : 1n) * (one.of(row) ?? 0n), 0n);
  const ends = [line, total ? { name: total, of: sum } : null].filter(Boolean);
  const describe = (n) => {
    const row = rows[n];
    const lines = series.map((one) => ({ swatch: swatch(one), label: one.name, value: how.exact(signed(one, row)) }));
    const last = ends.map((one) => ({ swatch: one === line ? swatch({ line: true }) : null, label: one.name, value: how.exact(one.of(row)), total: true }));
    const earlier = before ? [{ label: "Compared with", value: how.exact(before(row)) }] : [];
    const said = ends[0] ?? { name: series[0].name, of: series[0].of };
    return {
      content: content(period(row, grain), [...lines, ...last, ...earlier]),
      words: `${period(row, grain)}: ${said.name.toLowerCase()} ${how.exact(said.of(row))}`,
    };
  };
  const money = (one) => ({ name: one.name, cell: (row) => how.text(signed(one, row)), title: (row) => how.exact(signed(one, row)) });
  const columns = [{ name: "Period", isText: true, cell: (row) => period(row, grain) }, ...series.map(money), ...ends.map(money)];
  return {
    chart: (charts) => [
      charts.bars({
        label,
        rows,
        series: series.map((one) => ({ ...one, value: (row) => pixel(one.of(row)) ?? 0 })),
        line: line && { ...line, value: (row) => pixel(line.of(row)) ?? 0 },
        before: before && ((row) => pixel(before(row))),
        grain,
        axis: { text: how.axis, least: how.least },
        describe,
        open: drill && ((n) => drill(rows[n], grain)),
      }),
      legend([...series, ...(line ? [{ name: line.name, line: true }] : [])]),
    ],
    table: () => table(label, columns, rows.toReversed()),
  };
}

function signed(one, row) {
  const value = one.of(row);
  return one.below && value !== null ? -value : value;
}
