// The figures of cards: of a whole range beside the range before it, or of a month beside another.

import { amount } from "../cards.js";

/**
 * Figures of /v1/kpis/summary (one row, and in it the one it is compared with), their course from
 * /v1/kpis. specs: {id, label, metric, how, better, note, of(row) → amount}.
 */
export function ofRange(specs, summary, periods, { versus }) {
  const other = summary?.compare;
  const hasOther = other && !other.is_partial;
  return specs.map((spec) => ({
    ...spec,
    versus,
    value: spec.of(summary ?? {}),
    before: versus && (hasOther ? spec.of(other) : null),
    course: periods.map(spec.of),
    isPartial: periods.at(-1)?.is_partial ?? false,
  }));
}

/** Figures of rows by month, oldest first: states of the newest, what must be over of the last final. */
export function ofMonth(specs, rows, { compare, versus }) {
  return specs.map((spec) => {
    const shown = spec.isState ? rows : rows.filter((row) => row.is_final !== false);
    const index = shown.findLastIndex((row) => spec.of(row) !== null);
    const before = shown[index - (compare === "year" ? 12 : 1)];
    return {
      ...spec,
      versus,
      value: index < 0 ? null : spec.of(shown[index]),
      before: versus && (before ? spec.of(before) : null),
      course: shown.slice(-13).map(spec.of),
      isPartial: shown.at(-1)?.is_final === false,
      period: shown[index]?.month.slice(0, 7),
    };
  });
}

/** A figure that is a column. */
export const column = (name) => (row) => amount(row, [name]);
