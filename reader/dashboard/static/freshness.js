// How late the data is, worked out at the moment of looking: reader/freshness.py has the same rule.

import { elapsed } from "./format.js";

/** fresh until the next generation is due, late for as long again, then stale. */
export function statusOf(meta, now) {
  const asOf = Date.parse(meta.as_of);
  const expectedBy = Date.parse(meta.expected_by);
  if (now <= expectedBy) return "fresh";
  return now <= expectedBy + (expectedBy - asOf) ? "late" : "stale";
}

const WORDS = { fresh: "Fresh", late: "Late", stale: "Stale" };

/** "Fresh · 12 min ago". */
export function wording(meta, now) {
  const status = statusOf(meta, now);
  return `${WORDS[status]} · ${elapsed(now - Date.parse(meta.as_of))} old`;
}
