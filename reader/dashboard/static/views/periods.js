// What all views over time share: rows as periods, sums, and the words for both.

import { approximate, parse } from "../decimal.js";
import { axisCount, axisPercent, axisUsd, count, exactUsd, percent, usd } from "../format.js";

/** How amounts are written: on an axis, in a table, and exactly. */
export const USD = { axis: axisUsd, text: (value) => usd(value), exact: (value) => exactUsd(value, 9) };
export const PRICE = { axis: axisUsd, text: (value) => usd(value, 4), exact: (value) => exactUsd(value, 9) };
export const COUNTS = { axis: axisCount, least: 1, text: whole, exact: whole };
export const SHARES = { axis: axisPercent, text: (value) => shareText(value, 1), exact: (value) => shareText(value, 4) };

function whole(value) {
  return value === null ? "–" : count(value / 10n ** 9n);
}

function shareText(value, places) {
  return percent(value === null ? null : approximate(value), { places });
}

/** Rows as periods: whatever the column of time is called, and whether the period still runs. */
export function periods(rows) {
  return rows.map((row) => ({
    ...row,
    date: row.date ?? row.month,
    is_partial: row.is_partial ?? row.is_final === false,
  }));
}

/** Rows of a period and a name as one row a period, with each name's amount in `of`. */
export function pivot(rows, key, columnName) {
  const found = new Map();
  for (const row of periods(rows)) {
    if (!found.has(row.date)) found.set(row.date, { ...row, of: {} });
    const { of } = found.get(row.date);
    of[row[key]] = (of[row[key]] ?? 0n) + (parse(row[columnName]) ?? 0n);
  }
  return [...found.values()].sort((a, b) => a.date.localeCompare(b.date));
}

/** A series for each name of pivoted rows, the largest first; beyond five they are "Others". */
export function seriesOf(rows, label = (name) => name) {
  const totals = new Map();
  for (const { of } of rows) for (const [name, value] of Object.entries(of)) totals.set(name, (totals.get(name) ?? 0n) + value);
  const names = [...totals.keys()].sort((a, b) => Number(totals.get(b) - totals.get(a)) || a.localeCompare(b));
  const kept = names.length > 6 ? names.slice(0, 5) : names;
  const rest = names.slice(kept.length);
  const one = (name, n) => ({ name: label(name), fill: String(n + 1), of: (row) => row.of[name] ?? 0n });
  const others = { name: "Others", fill: "6", of: (row) => rest.reduce((sum, name) => sum + (row.of[name] ?? 0n), 0n) };
  return [...kept.map(one), ...(rest.length ? [others] : [])];
}

/** The amount of a column. */
export const of = (name) => (row) => parse(row[name] ?? null);

/** A float to place a pixel with; null stays null. */
export const pixel = (amount) => (amount === null ? null : approximate(amount));
