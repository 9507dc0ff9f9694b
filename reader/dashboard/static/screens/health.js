// Can the figures be trusted today?

import { spoken } from "../about.js";
import { ONE, post } from "../api.js";
import { parse } from "../decimal.js";
import { confirm } from "../dialog.js";
import { h } from "../dom.js";
import { count, day, digitsOf, instant, minor, sentence, words } from "../format.js";
import { mark } from "../marks.js";
import { column, table } from "../table.js";
import { paged, rows } from "../views/rows.js";

export const health = {
  id: "health",
  key: "h",
  title: "Data health",
  note: () => "Whether today’s figures can be trusted",
  hasRange: false,
  panels: [
    {
      id: "sources",
      title: "Sources",
      note: "Through when each is complete, worked out now",
      span: 7,
      isLow: true,
      empty: "Nothing has been pulled.",
      asks: () => [["/v1/freshness", {}, ONE]],
      show: ({ data }) => rows("Freshness of the sources", FRESHNESS, data.filter(({ source }) => !isMart(source)).sort(worstFirst)),
    },
    {
      id: "alerts",
      title: "Alerts",
      note: "The application’s own and Tillhouse’s; open ones first, then the newest",
      span: 5,
      isLow: true,
      about: ["open_alerts"],
      empty: "No alert has ever been raised.",
      asks: () => [
        ["/v1/alerts", { limit: 50 }],
        ["/v1/alerts", { state: "open", limit: 100 }],
      ],
      show: (newest, open, context) => rows("Alerts", alertColumns(context), [...open.data, ...newest.data.filter((row) => row.state !== "open")]),
    },
    {
      id: "balance",
      title: "Stripe balance",
      note: "Our closing balance of each currency beside Stripe’s own, the newest day first",
      span: 7,
      isLow: true,
      empty: "The balance has never moved.",
      asks: ({ lately }) => [["/v1/revenue/balance", lately]],
      show: ({ data }) => rows("Stripe balance by day", BALANCE, data),
    },
    {
      id: "reconciliations",
      title: "Reconciliations",
      note: "What is compared with Stripe or with itself, and what differs",
      span: 5,
      isLow: true,
      empty: "Nothing has been compared.",
      asks: () => [["/v1/reconciliations", {}, ONE]],
      show: ({ data }) => rows("Reconciliations", RECONCILIATIONS, data),
    },
    {
      id: "checks",
      title: "Checks",
      span: 7,
      isLow: true,
      empty: "No check has run.",
      asks: () => [["/v1/data-quality", {}]],
      show: ({ data }) => checks(data),
    },
    {
      id: "generations",
      title: "Generations",
      note: "What is kept; readers see one of them, whole",
      span: 5,
      isLow: true,
      empty: "Nothing is published.",
      asks: () => [["/v1/generations", { limit: 50 }]],
      show: (answer, context, ask) => paged("Published generations", generationColumns(context), answer, ask[0]),
    },
    {
      id: "restatements",
      title: "Restatements",
      note: "What a later run changed in a closed month, and why",
      span: 7,
      isLow: true,
      empty: "No closed month has ever changed.",
      asks: () => [["/v1/restatements", { limit: 50 }]],
      show: (answer, context, ask) => paged("Restatements of closed months", restatementColumns(context), answer, ask[0]),
    },
    {
      id: "marts",
      title: "Published tables",
      note: "Each with its rows and how fresh it is",
      span: 5,
      isLow: true,
      empty: "Nothing is published.",
      asks: () => [["/v1/freshness", {}, ONE]],
      show: ({ data }) => rows("Freshness of the published tables", MARTS, data.filter(({ source }) => isMart(source)).sort(worstFirst)),
    },
  ],
};

const isMart = (source) => source.startsWith("marts.");
const ORDER = ["stale", "late", "fresh"];
const worstFirst = (a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status) || a.source.localeCompare(b.source);

const STATUS = { name: "Now", isText: true, cell: (row) => mark(row.status) };
const FRESHNESS = [
  column.text("Source", "source"),
  STATUS,
  column.instant("Through", "synced_through"),
  column.text("Every", "expected_every"),
  column.count("Rows", "rows"),
];
const MARTS = [
  { name: "Table", isText: true, cell: ({ source }) => source.replace("marts.", "") },
  STATUS,
  column.count("Rows", "rows"),
];
const BALANCE = [
  column.day("Day", "date", { isText: true }),
  { name: "Currency", isText: true, cell: (row) => row.currency.toUpperCase() },
  column.minor("Opening", "opening_minor"),
  column.minor("Net", "net_minor"),
  column.minor("Closing", "closing_minor"),
  column.minor("Stripe says", "stripe_minor"),
  { name: "Agrees", isText: true, cell: agreement },
];

function agreement(row) {
  if (row.stripe_minor === null) return "not asked";
  const gap = row.stripe_minor - row.closing_minor;
  return gap === 0 ? mark("passed", "To the cent") : mark("failed", `${minor(gap, row.currency)} apart`);
}

const RECONCILIATIONS = [
  { name: "What", isText: true, cell: (row) => h("span", { title: row.description }, words(row.reconciliation)) },
  column.count("Compared", "compared"),
  column.count("Differing", "differing"),
  { name: "Result", isText: true, cell: (row) => mark(row.is_reconciled ? "passed" : "failed", row.is_reconciled ? "Adds up" : "Differs") },
];

const RANK = { failed: 0, warned: 1, passed: 2 };

function checks(data) {
  const shown = data.toSorted((a, b) => (RANK[a.status] ?? 0) - (RANK[b.status] ?? 0) || a.check_name.localeCompare(b.check_name));
  const columns = [
    { name: "Check", isText: true, cell: (row) => h("span", { class: "wide", title: row.check_name }, row.description || words(row.check_name)) },
    column.text("Table", "table_name"),
    { name: "Result", isText: true, cell: (row) => mark(row.status) },
    column.count("Rows against", "failures"),
  ];
  const passed = data.filter(({ status }) => status === "passed").length;
  const note = `${count(passed)} of ${count(data.length)} hold; one that fails stops the publishing`;
  return data.length ? { note, table: () => table("Checks of this generation", columns, shown) } : null;
}

function restatementColumns({ explain }) {
  return [
    { name: "Figure", isText: true, cell: (row) => h("button", { class: "link", type: "button", onclick: () => explain(row.metric, row.month.slice(0, 7)) }, spoken(row.metric)) },
    column.month("Month", "month"),
    { name: "Before", cell: (row) => digitsOf(parse(row.before)) },
    { name: "After", cell: (row) => digitsOf(parse(row.after)) },
    column.words("Why", "cause"),
    column.date("When", "restated_at"),
  ];
}

function alertColumns({ reload }) {
  return [
    { name: "Alert", isText: true, cell: told },
    column.date("Raised", "raised_at"),
    { name: "State", isText: true, cell: (row) => alertState(row, reload) },
  ];
}

function told({ resolved_at: resolved, severity, message, type }) {
  const text = message || words(type.toLowerCase());
  return h("span", { class: "wide", title: text }, mark(resolved ? "resolved" : severity.toLowerCase(), text));
}

function alertState(row, reload) {
  if (row.resolved_at) return `Over ${day(row.resolved_at.slice(0, 10))}`;
  if (row.acknowledged_at) return `Seen ${day(row.acknowledged_at.slice(0, 10))}`;
  const act = () => attempt(button, `/v1/alerts/${encodeURIComponent(row.alert_id)}:acknowledge`, reload);
  const button = h("button", { class: "button small", type: "button", onclick: act }, "I have seen it");
  return button;
}

function generationColumns({ reload }) {
  return [
    { name: "Generation", isText: true, cell: (row) => h("code", {}, row.id) },
    column.instant("Data as of", "as_of"),
    { name: "Readers", isText: true, cell: (row) => (row.active ? mark("passed", "Served") : rollback(row, reload)) },
  ];
}

function rollback(row, reload) {
  const act = async () => {
    const follows = `Everybody sees the figures of ${instant(row.as_of)} at once. Nothing is lost: any kept one can be served again.`;
    const isSure = await confirm("Serve this generation?", follows, "Serve it");
    if (isSure) await attempt(button, `/v1/generations/${encodeURIComponent(row.id)}:activate`, reload);
  };
  const button = h("button", { class: "button small", type: "button", onclick: act }, "Serve it");
  return button;
}

/** Do something that changes something; the button says what came of it. */
async function attempt(button, path, done) {
  button.disabled = true;
  try {
    await post(path);
    done();
  } catch (problem) {
    button.disabled = false;
    button.textContent = "Try again";
    button.after(h("span", { class: "fine", role: "alert" }, ` ${sentence(problem.message)}`));
  }
}
