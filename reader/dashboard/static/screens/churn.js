// Who leaves, why, and what is left of those who came?

import { MONEY, RATE } from "../cards.js";
import { approximate, parse, share } from "../decimal.js";
import { h } from "../dom.js";
import { count, exactUsd, month, percent, usd } from "../format.js";
import { column, table } from "../table.js";
import { content } from "../tooltip.js";
import { course } from "../views/course.js";
import { COUNTS, SHARES, USD, of, periods, pivot, seriesOf } from "../views/periods.js";
import { paged } from "../views/rows.js";
import { stacked } from "../views/stacked.js";
import { column as figure, ofMonth } from "./figures.js";

const FIGURES = [
  { id: "logo", label: "Customer churn", metric: "logo_churn_rate", how: RATE, better: "down" },
  { id: "gross", label: "Gross MRR churn", metric: "gross_mrr_churn_rate", how: RATE, better: "down" },
  { id: "net", label: "Net MRR churn", metric: "net_mrr_churn_rate", how: RATE, better: "down" },
  { id: "nrr", label: "NRR, 12 months", metric: "nrr_12m", how: RATE, better: "up" },
  { id: "grr", label: "GRR, 12 months", metric: "grr_12m", how: RATE, better: "up" },
  { id: "trials", label: "Trial conversion", metric: "trial_conversion_rate", how: RATE, better: "up" },
  { id: "recovery", label: "Payments recovered", metric: "recovery_rate", how: RATE, better: "up" },
  { id: "involuntary", label: "Lost to payments", metric: "involuntary_churn_usd", how: MONEY, better: "down" },
].map((spec) => ({ ...spec, note: "last full month", of: figure(spec.metric) }));

const line = (name, short, fill, key) => ({ name, short, fill, of: of(key) });

export const churn = {
  id: "churn",
  key: "c",
  title: "Churn & retention",
  hasRange: true,
  panels: [
    {
      id: "figures",
      kind: "cards",
      title: "Churn figures",
      count: FIGURES.length,
      asks: () => [["/v1/churn/retention", {}]],
      figures: ({ data }, context) => ofMonth(FIGURES, data.filter((row) => row.month <= context.days.to), context),
    },
    {
      id: "rates",
      title: "Churn rates",
      note: "By month; the running month is dashed",
      span: 6,
      about: ["logo_churn_rate", "gross_mrr_churn_rate", "net_mrr_churn_rate"],
      empty: "There is no month with customers yet.",
      asks: ({ months }) => [["/v1/churn/retention", months]],
      show: ({ data }, { drill }) =>
        course({
          label: "Churn rates by month",
          rows: periods(data),
          series: [
            line("Customers", "Customers", "1", "logo_churn_rate"),
            line("Gross MRR", "Gross", "4", "gross_mrr_churn_rate"),
            line("Net MRR", "Net", "2", "net_mrr_churn_rate"),
          ],
          grain: "month",
          how: SHARES,
          drill: drill("logo_churn_rate"),
        }),
    },
    {
      id: "retention",
      title: "Revenue retention",
      note: "What the MRR of some months ago is worth now, with growth (NRR) and without (GRR)",
      span: 6,
      about: ["nrr_3m", "grr_3m", "nrr_12m", "grr_12m"],
      empty: "Three months must pass first.",
      asks: ({ months }) => [["/v1/churn/retention", months]],
      show: ({ data }, { drill }) =>
        course({
          label: "Net and gross revenue retention by month",
          rows: periods(data),
          series: [
            line("NRR, 3 months", "NRR 3m", "1", "nrr_3m"),
            line("GRR, 3 months", "GRR 3m", "2", "grr_3m"),
            line("NRR, 12 months", "NRR 12m", "4", "nrr_12m"),
            line("GRR, 12 months", "GRR 12m", "5", "grr_12m"),
          ],
          grain: "month",
          how: SHARES,
          drill: drill("nrr_12m"),
        }),
    },
    {
      id: "cohorts",
      title: "Cohorts",
      span: 12,
      about: [],
      empty: "There is no cohort yet.",
      asks: () => [["/v1/churn/cohorts", {}]],
      show: ({ data }, context) => cohorts(data, context),
    },
    {
      id: "why",
      title: "MRR lost, by cause",
      note: "Opening MRR of each month’s churned customers",
      span: 6,
      about: ["voluntary_churn_usd", "involuntary_churn_usd", "admin_churn_usd"],
      empty: "Nobody has left.",
      asks: ({ months }) => [["/v1/churn/retention", months]],
      show: ({ data }, { drill }) =>
        stacked({
          label: "MRR lost by month and cause",
          rows: periods(data),
          series: [
            { name: "They chose to", fill: "4", of: of("voluntary_churn_usd") },
            { name: "Payment failed or disputed", fill: "3", of: of("involuntary_churn_usd") },
            { name: "Removed by us", fill: "6", of: of("admin_churn_usd") },
          ],
          total: "All churn",
          grain: "month",
          how: USD,
          drill: drill("churn_usd"),
        }),
    },
    {
      id: "dunning",
      title: "Failed payments",
      note: "Invoices by the month their payment failed, and what became of them",
      span: 6,
      about: ["recovery_rate"],
      empty: "No payment has failed.",
      asks: ({ months }) => [["/v1/churn/dunning", months]],
      show: ({ data }, { newest }) => byOutcome(data, "opened_at", (row) => row.outcome, "Failed payments by month and outcome", newest),
    },
    {
      id: "trials",
      title: "Trials",
      note: "By the month they began",
      span: 6,
      about: ["trial_conversion_rate"],
      empty: "There has been no trial.",
      asks: ({ months }) => [["/v1/churn/trials", months]],
      show: ({ data }, { newest }) =>
        byOutcome(data, "started_at", (row) => (row.is_converted ? "paid" : row.is_mature ? "left" : "running"), "Trials by month and outcome", newest),
    },
    {
      id: "events",
      title: "Who left",
      note: "The newest first",
      span: 6,
      isLow: true,
      empty: "Nobody has left.",
      asks: () => [["/v1/churn/events", { limit: 50 }]],
      show: (answer, context, ask) => paged("Customers who left", leavers(context), answer, ask[0]),
    },
  ],
};

const leavers = ({ customer }) => [
  column.customer("Customer", "customer_key", customer),
  column.day("Left", "churned_on"),
  column.words("Why", "churn_type"),
  column.words("Reason given", "reason"),
  column.count("Days", "tenure_days"),
  column.usd("MRR", "mrr_lost_usd"),
];

const SHADES = { recovered: "up", paid: "up", lost: "down", left: "down", voided: "rest", pending: "pause", running: "pause" };

/** Counts of a list's rows by month and what became of each; only the newest month still runs. */
function byOutcome(data, time, outcome, label, newest) {
  const counted = data.map((row) => ({ month: `${row[time].slice(0, 7)}-01`, is_final: row[time].slice(0, 7) < newest.slice(0, 7), outcome: outcome(row), one: 1 }));
  const rows = pivot(counted, "outcome", "one");
  const series = seriesOf(rows).map((one) => ({ ...one, fill: SHADES[one.name] ?? one.fill, name: one.name[0].toUpperCase() + one.name.slice(1) }));
  return stacked({ label, rows, series, total: "All", grain: "month", how: COUNTS });
}

const SHOWN_MONTHS = 18;

function cohorts(data, { state, change }) {
  if (!data.length) return null;
  const isMoney = state.cohorts === "mrr";
  const started = [...new Set(data.map((row) => row.cohort_month))].sort().slice(-SHOWN_MONTHS);
  const grid = started.map((start) => data.filter((row) => row.cohort_month === start).sort((a, b) => a.age_months - b.age_months));
  const heads = Array.from({ length: Math.max(...grid.map((row) => row.length)) }, (_, n) => String(n));
  const value = (row) => (isMoney ? share(parse(row.mrr_usd), parse(row.mrr_start_usd)) : approximate(BigInt(row.customers_active) * 10n ** 9n) / row.customers_start);
  const sizes = ([first]) => `${month(first.cohort_month)} · ${isMoney ? usd(parse(first.mrr_start_usd), 0) : count(first.customers_start)}`;
  const cell = (row) => ({ share: value(row), text: value(row) === null ? "–" : `${Math.round(value(row) * 100)}%`, isPartial: row.is_final === false });
  const describe = (n, m) => {
    const row = grid[n][m];
    const lines = [
      { label: "Customers", value: `${count(row.customers_active)} of ${count(row.customers_start)}` },
      { label: "MRR", value: `${exactUsd(parse(row.mrr_usd), 2)} of ${exactUsd(parse(row.mrr_start_usd), 2)}` },
      { label: "Left of it", value: percent(value(row)), total: true },
    ];
    const when = `${month(row.cohort_month)} after ${m} ${m === 1 ? "month" : "months"}${row.is_final === false ? ", so far" : ""}`;
    return { content: content(when, lines), words: `${when}: ${percent(value(row))}` };
  };
  const columns = [
    { name: "Began", isText: true, cell: sizes },
    ...heads.map((head, m) => ({ name: head, cell: (row) => (row[m] ? cell(row[m]).text : "") })),
  ];
  const label = `Share of each month’s new ${isMoney ? "MRR" : "customers"} that is left, by months since`;
  return {
    note: `${isMoney ? "MRR" : "Customers"} left of those who began in a month, by months since`,
    tools: [choice(state.cohorts, change)],
    chart: (charts) => [charts.heatmap({ label, rows: grid.map((row) => ({ name: sizes(row), cells: row.map(cell) })), heads, describe })],
    table: () => table(label, columns, grid),
  };
}

function choice(chosen, change) {
  const one = (id, label) => h("button", { type: "button", "aria-pressed": String(id === chosen), onclick: () => change({ cohorts: id }) }, label);
  return h("div", { class: "segmented", role: "group", "aria-label": "Cohorts of" }, one("customers", "Customers"), one("mrr", "MRR"));
}
