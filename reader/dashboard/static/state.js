// What the page shows, held in its address: a link shows somebody else the same thing, and the
// browser's back and forward walk through what was looked at.

export const RANGES = [
  { id: "7d", label: "7D", name: "Last 7 days", days: 7, grain: "day" },
  { id: "30d", label: "30D", name: "Last 30 days", days: 30, grain: "day" },
  { id: "mtd", label: "MTD", name: "This month", grain: "day" },
  { id: "90d", label: "90D", name: "Last 90 days", days: 90, grain: "week" },
  { id: "12m", label: "12M", name: "Last 12 months", months: 12, grain: "month" },
  { id: "24m", label: "24M", name: "Last 24 months", months: 24, grain: "month" },
];

export const COMPARES = { previous: "previous period", year: "a year ago", none: "nothing" };
export const GRAINS = { day: "By day", week: "By week", month: "By month" };

const DAY = 864e5;
const ISO = /^\d{4}-\d{2}-\d{2}$/;

// What the address may say, what counts as said if it does not, and which words it may use.
const FIELDS = {
  screen: { usual: "overview", is: /^[a-z]{1,20}$/ },
  range: { usual: "30d", is: new RegExp(`^(${RANGES.map(({ id }) => id).join("|")})$`) },
  from: { is: ISO },
  to: { is: ISO },
  grain: { is: /^(day|week|month)$/ },
  compare: { usual: "previous", is: /^(previous|year|none)$/ },
  month: { is: /^\d{4}-\d{2}$/ },
  against: { usual: "stripe", is: /^[a-z]{1,20}$/ },
  cohorts: { usual: "customers", is: /^(customers|mrr)$/ },
  customer: { is: /^.{1,200}$/ },
  q: { is: /^.{1,200}$/ },
  sort: { is: /^-?[a-z_]{1,40}$/ },
  plan: { is: /^.{1,100}$/ },
  tables: { is: /^[a-z,-]{1,200}$/ },
  metric: { is: /^[a-z0-9_]{1,60}$/ },
  period: { is: /^\d{4}-\d{2}(-\d{2})?$/ },
  slice: { is: /^.{1,100}$/ },
};

/** Read the address; what it can't say is as usual. */
export function read() {
  const given = new URLSearchParams(location.search);
  const state = {};
  for (const [name, { usual, is }] of Object.entries(FIELDS)) {
    const value = given.get(name);
    state[name] = value !== null && is.test(value) ? value : usual;
  }
  const isCustom = state.from && state.to && state.from <= state.to;
  return { ...state, ...(isCustom ? { range: "custom" } : { from: undefined, to: undefined }) };
}

/** Write the address; what is as usual is left out. `isStep`: back leads to what was before. */
export function write(state, isStep) {
  const address = addressOf(state);
  if (address === location.pathname + location.search) return;
  history[isStep ? "pushState" : "replaceState"](null, "", address);
}

/** The address that shows a state. */
export function addressOf(state) {
  const given = new URLSearchParams();
  for (const [name, { usual, is }] of Object.entries(FIELDS)) {
    const value = state[name];
    if (value !== undefined && value !== usual && is.test(value)) given.set(name, value);
  }
  const query = given.toString();
  return query ? `${location.pathname}?${query}` : location.pathname;
}

/** The days and the grain that a state means, on data whose newest day is `newest`. */
export function resolve(state, newest) {
  if (state.range === "custom") {
    const days = lengthOf(state);
    const usual = days <= 45 ? "day" : days <= 200 ? "week" : "month";
    return { from: state.from, to: state.to, grain: state.grain ?? usual, name: "Custom range" };
  }
  const range = RANGES.find(({ id }) => id === state.range);
  return { from: first(range, newest), to: newest, grain: state.grain ?? range.grain, name: range.name };
}

/** The whole months of a range; at least the twelve that end with it, so that a trend is one. */
export function monthsOf({ from, to }) {
  const [year, month] = to.split("-").map(Number);
  const start = iso(Date.UTC(year, month - 12, 1));
  return { from: from < start ? `${from.slice(0, 7)}-01` : start, to };
}

/** The range of the same length before (−1) or after (1) one; never beyond the newest day. */
export function neighbour(range, step, newest) {
  const wholeMonths = range.from.endsWith("-01") && (range.to === newest || isMonthEnd(range.to));
  const moved = wholeMonths ? byMonths(range, step) : byDays(range, step);
  if (moved.from > newest) return null;
  return { ...moved, to: moved.to > newest ? newest : moved.to };
}

function byDays(range, step) {
  const shift = step * lengthOf(range) * DAY;
  return { from: iso(Date.parse(range.from) + shift), to: iso(Date.parse(range.to) + shift) };
}

function byMonths(range, step) {
  const [y1, m1] = range.from.split("-").map(Number);
  const [y2, m2] = range.to.split("-").map(Number);
  const months = (y2 - y1) * 12 + m2 - m1 + 1;
  return {
    from: iso(Date.UTC(y1, m1 - 1 + step * months, 1)),
    to: iso(Date.UTC(y2, m2 + step * months, 0)),
  };
}

function isMonthEnd(day) {
  return iso(Date.parse(day) + DAY).endsWith("-01");
}

function lengthOf({ from, to }) {
  return (Date.parse(to) - Date.parse(from)) / DAY + 1;
}

function first(range, newest) {
  if (range.days) return iso(Date.parse(newest) - (range.days - 1) * DAY);
  const [year, month] = newest.split("-").map(Number);
  return iso(Date.UTC(year, month - (range.months ?? 1), 1));
}

function iso(milliseconds) {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
