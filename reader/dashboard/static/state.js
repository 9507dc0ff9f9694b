// What the page shows, held in its address: a link shows somebody else the same thing.

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

const ISO = /^\d{4}-\d{2}-\d{2}$/;

/** Read the address. */
export function read() {
  const given = new URLSearchParams(location.search);
  const known = (name, values, otherwise) =>
    values.includes(given.get(name)) ? given.get(name) : otherwise;
  const custom = ISO.test(given.get("from") ?? "") && ISO.test(given.get("to") ?? "");
  return {
    range: custom ? "custom" : known("range", RANGES.map(({ id }) => id), "30d"),
    from: custom ? given.get("from") : undefined,
    to: custom ? given.get("to") : undefined,
    grain: known("grain", Object.keys(GRAINS), undefined),
    compare: known("compare", Object.keys(COMPARES), "previous"),
    month: /^\d{4}-\d{2}$/.test(given.get("month") ?? "") ? given.get("month") : undefined,
  };
}

/** Write the address; what is as usual is left out. */
export function write(state) {
  const given = new URLSearchParams();
  if (state.range === "custom") {
    given.set("from", state.from);
    given.set("to", state.to);
  } else if (state.range !== "30d") given.set("range", state.range);
  if (state.grain) given.set("grain", state.grain);
  if (state.compare !== "previous") given.set("compare", state.compare);
  if (state.month) given.set("month", state.month);
  const query = given.toString();
  history.replaceState(null, "", query ? `?${query}` : location.pathname);
}

/** The days and the grain that a state means, on data whose newest day is `newest`. */
export function resolve(state, newest) {
  if (state.range === "custom") {
    const days = (Date.parse(state.to) - Date.parse(state.from)) / 864e5 + 1;
    const usual = days <= 45 ? "day" : days <= 200 ? "week" : "month";
    return { from: state.from, to: state.to, grain: state.grain ?? usual, name: "Custom range" };
  }
  const range = RANGES.find(({ id }) => id === state.range);
  return { from: first(range, newest), to: newest, grain: state.grain ?? range.grain, name: range.name };
}

function first(range, newest) {
  if (range.days) return iso(Date.parse(newest) - (range.days - 1) * 864e5);
  const [year, month] = newest.split("-").map(Number);
  return iso(Date.UTC(year, month - (range.months ?? 1), 1));
}

function iso(milliseconds) {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
