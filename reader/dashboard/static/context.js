// What a panel is told when it asks and shows: the days, what they are compared with, what it may do.

import { monthsOf, resolve } from "./state.js";

const VERSUS = { previous: "The period before", year: "A year ago", none: null };
const DAY = 864e5;

/**
 * What holds for a load. state: the address; newest: the last day with data; acts: {change(patch),
 * explain(metric, period, slice), customer(key), reload}.
 */
export function contextOf(state, newest, acts) {
  const range = resolve(state, newest);
  const { from, to, grain } = range;
  const ago = new Date(Date.parse(newest) - 29 * DAY).toISOString().slice(0, 10);
  return {
    ...acts,
    state,
    newest,
    range,
    grain,
    days: { from, to },
    months: monthsOf(range),
    lately: { from: ago, to: newest },
    compare: state.compare,
    versus: VERSUS[state.compare],
    /** What choosing a period of a chart of this metric does: a week opens its days. */
    drill: (metric) => (row, length) => {
      if (length === "week") return acts.change({ range: "custom", from: row.first_day, to: row.last_day, grain: "day" });
      return acts.explain(metric, length === "month" ? row.date.slice(0, 7) : row.date);
    },
  };
}
