// Tables: the twin of every chart, and whatever is best read as one.

import { approximate, parse, share } from "./decimal.js";
import { h, icon } from "./dom.js";
import { count, day, exactUsd, instant, minor, month, percent, usd, words } from "./format.js";

/** A table of `columns` [{name, cell(row) → node or text, title(row)}]; the first names its row. */
export function table(caption, columns, rows, foot) {
  const cell = (tag, column, row) => {
    const look = column.isText ? "text" : "number";
    return h(tag, { class: look, ...(tag === "th" ? { scope: "row" } : {}), title: column.title?.(row) }, column.cell(row));
  };
  const line = (row) =>
    h("tr", { class: row.is_partial || row.is_final === false ? "partial" : null },
      ...columns.map((column, n) => cell(n ? "td" : "th", column, row)));
  return h("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": `Table: ${caption}` },
    h("table", {},
      h("caption", { class: "visually-hidden" }, caption),
      h("thead", {}, h("tr", {}, ...columns.map(heading))),
      h("tbody", {}, ...rows.map(line)),
      foot ? h("tfoot", {}, line(foot)) : null,
    ),
  );
}

function heading({ name, isText, sort }) {
  const look = isText ? "text" : null;
  if (!sort) return h("th", { scope: "col", class: look }, name);
  const arrow = { ascending: " ↑", descending: " ↓" }[sort.now] ?? "";
  const button = h("button", { class: "sort", type: "button", onclick: sort.choose }, name, h("span", { "aria-hidden": "true" }, arrow));
  return h("th", { scope: "col", class: look, "aria-sort": sort.now ?? "none" }, button);
}

/** Columns of the kinds that the API sends; `given` adds to or changes what they are. */
export const column = {
  usd: (name, key, given = {}) => ({
    name,
    cell: (row) => usd(parse(row[key]), given.places ?? 2),
    title: (row) => exactUsd(parse(row[key]), 9),
    ...given,
  }),
  count: (name, key, given = {}) => ({ name, cell: (row) => count(row[key]), ...given }),
  percent: (name, key, given = {}) => ({ name, cell: (row) => rate(row[key]), title: (row) => row[key], ...given }),
  minor: (name, key, given = {}) => ({ name, cell: (row) => minor(row[key], row.currency), ...given }),
  day: (name, key, given = {}) => ({ name, isText: true, cell: (row) => day(row[key], { year: true }), ...given }),
  month: (name, key, given = {}) => ({ name, isText: true, cell: (row) => month(row[key]), ...given }),
  instant: (name, key, given = {}) => ({ name, isText: true, cell: (row) => instant(row[key]), ...given }),
  /** The day of an instant; the minute is in its title. */
  date: (name, key, given = {}) => ({
    name,
    isText: true,
    cell: (row) => day(row[key]?.slice(0, 10), { year: true }),
    title: (row) => instant(row[key]),
    ...given,
  }),
  words: (name, key, given = {}) => ({ name, isText: true, cell: (row) => words(row[key]), ...given }),
  text: (name, key, given = {}) => ({ name, isText: true, cell: (row) => row[key] ?? "–", ...given }),
  /** An identifier; with a `link` column it leads to Stripe's own page. */
  id: (name, key, link, given = {}) => ({ name, isText: true, cell: (row) => identifier(row[key], row[link]), ...given }),
  /** A customer of ours, who has a page here. */
  customer: (name, key, open, given = {}) => ({ name, isText: true, cell: (row) => customer(row[key], open), ...given }),
};

/** A rate that travels as exact text. */
export function rate(text, options) {
  return percent(text === null || text === undefined ? null : approximate(parse(text)), options);
}

/** The change of one amount beside another, as a signed percentage. */
export function changed(now, before) {
  return before === null ? "–" : percent(share(now - before, before), { sign: true });
}

/** A short form of an identifier with the whole in its title; a link where there is a page. */
export function identifier(id, url) {
  if (!id) return "–";
  const text = short(id);
  if (!isStripe(url)) return h("code", { title: id }, text);
  return h("a", { class: "out", href: url, target: "_blank", rel: "noopener noreferrer", title: `${id} in Stripe` }, h("code", {}, text), icon("out"));
}

const short = (id) => (id.length > 15 ? `${id.slice(0, 8)}…${id.slice(-4)}` : id);

/** Data is never a script: only a page of Stripe's is linked to. */
function isStripe(url) {
  return typeof url === "string" && /^https:\/\/(dashboard|invoice)\.stripe\.com\//.test(url);
}

/** A customer's key, leading to their page. */
export function customer(key, open) {
  if (!key) return "–";
  return h("button", { class: "link", type: "button", title: key, onclick: () => open(key) }, short(key));
}
