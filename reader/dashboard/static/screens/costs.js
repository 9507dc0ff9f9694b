// What does generating cost, and what is left of the revenue?

import { ONE } from "../api.js";
import { MONEY, PRICE, RATE, amount, ratio } from "../cards.js";
import { parse, share, written } from "../decimal.js";
import { exactUsd, percent, usd } from "../format.js";
import { changed, column, identifier, table } from "../table.js";
import { course } from "../views/course.js";
import { PRICE as PRICES, USD, of, periods, seriesOf, pivot } from "../views/periods.js";
import { rows } from "../views/rows.js";
import { stacked } from "../views/stacked.js";
import { ofMonth, ofRange } from "./figures.js";
import { costByProvider } from "./overview.js";

const FIGURES = [
  { id: "cost", label: "Provider cost", metric: "provider_cost_usd", how: MONEY, better: "none", note: "in the range", of: (row) => amount(row, ["cost_usd"]) },
  { id: "wasted", label: "Wasted on failures", metric: "wasted_cost_usd", how: MONEY, better: "down", note: "in the range", of: (row) => amount(row, ["wasted_cost_usd"]) },
  {
    id: "each",
    label: "A completed video",
    metric: "cost_per_completed_video_usd",
    how: PRICE,
    better: "down",
    note: "cost by those completed",
    // It is explained by provider only.
    opens: false,
    of: (row) => ratio(amount(row, ["cost_usd"]), parse(row.completed_videos ?? null)),
  },
  { id: "variance", label: "Reported by the app", metric: "cost_variance_usd", how: MONEY, better: "none", note: "what it says it cost", of: (row) => amount(row, ["app_reported_cost_usd"]) },
];
const MARGINS = [
  { id: "recognised", label: "Recognised revenue", metric: "recognised_revenue_usd", how: MONEY, better: "up", note: "in the range", of: (row) => amount(row, ["recognised_revenue_usd"]) },
  { id: "margin", label: "Gross margin", metric: "gross_margin_usd", how: MONEY, better: "up", note: "after fees and cost", of: (row) => amount(row, ["gross_margin_usd"]) },
];
// Internal customers are in the revenue of a day, not in its margin: only the months know the share.
const SHARE = [{ id: "share", label: "Gross margin share", metric: "gross_margin_usd", how: RATE, better: "up", note: "last full month", of: (row) => parse(row.gross_margin_pct) }];
const UNALLOCATED = "unallocated";

const SUMS = ["calls", "videos", "completed_videos", "cost_usd", "wasted_cost_usd", "app_reported_cost_usd", "internal_cost_usd"];

export const costs = {
  id: "costs",
  key: "m",
  title: "Cost & margin",
  hasRange: true,
  panels: [
    {
      id: "figures",
      kind: "cards",
      title: "Cost figures",
      count: FIGURES.length + MARGINS.length + 2,
      asks: ({ days, grain, compare, months }) => [
        ["/v1/costs/providers/summary", { ...days, compare }, ONE],
        ["/v1/costs/providers", { ...days, grain }],
        ["/v1/kpis/summary", { ...days, compare }, ONE],
        ["/v1/kpis", { ...days, grain }],
        ["/v1/margin", { ...months, dimension: "plan" }],
        ["/v1/margin", { ...months, dimension: "total" }],
      ],
      figures: (providers, costRows, summary, kpis, margin, total, context) => [
        ...ofRange(FIGURES, together(providers.data), summed(costRows.data), context),
        ...ofRange(MARGINS, summary.data[0], kpis.data, context),
        ...ofMonth(SHARE, total.data, context),
        unallocated(margin.data),
      ],
    },
    {
      id: "costs",
      title: "Cost by provider",
      note: "At the rates in force at each call’s instant",
      span: 6,
      about: ["provider_cost_usd", "provider_cost_by_provider_usd"],
      empty: "No provider was called.",
      asks: ({ days, grain }) => [["/v1/costs/providers", { ...days, grain }]],
      show: ({ data }, context) => costByProvider(data, context),
    },
    {
      id: "each",
      title: "Cost of a completed video",
      note: "Retries and failures included",
      span: 6,
      about: ["cost_per_completed_video_usd"],
      empty: "No video was completed.",
      asks: ({ days, grain }) => [["/v1/costs/providers", { ...days, grain }]],
      show: ({ data }, { grain }) => perVideo(data, grain),
    },
    {
      id: "providers",
      title: "Providers",
      note: "In the range, beside the range it is compared with",
      span: 12,
      isLow: true,
      about: ["provider_calls", "wasted_cost_usd", "cost_variance_usd"],
      empty: "No provider was called.",
      asks: ({ days, compare }) => [["/v1/costs/providers/summary", { ...days, compare }, ONE]],
      show: ({ data }) => providers(data),
    },
    {
      id: "margin",
      title: "Gross margin by month",
      note: "Recognised revenue above the line; fees, disputes lost and provider cost below it",
      span: 12,
      about: ["gross_margin_usd", "recognised_revenue_usd"],
      empty: "There is no revenue yet.",
      asks: ({ months }) => [["/v1/margin", { ...months, dimension: "total" }]],
      show: ({ data }, { drill }) => marginByMonth(data, drill),
    },
    marginBy("plan", "Margin by plan"),
    marginBy("country", "Margin by country"),
    marginBy("provider", "Margin by provider"),
    {
      id: "rates",
      title: "Rate card",
      note: "What a credit costs at each provider, and since when",
      span: 6,
      isLow: true,
      about: [],
      empty: "There are no rates: fill provider_rates.csv.",
      asks: () => [["/v1/costs/rates", {}]],
      show: ({ data }) => rows("Provider rates", RATES, data),
    },
    {
      id: "dearest",
      title: "The ten customers that cost most",
      note: "Provider cost in the months shown, and what they brought",
      span: 12,
      isLow: true,
      about: ["provider_cost_usd", "gross_margin_usd"],
      empty: "No customer has cost anything.",
      asks: ({ months }) => [["/v1/customers", { ...months, sort: "cost", limit: 10 }]],
      show: ({ data }, { customer }) => rows("The ten customers that cost most", dearest(customer), data),
    },
  ],
};

const RATES = [
  column.text("Provider", "provider"),
  column.usd("A credit", "usd_per_credit", { places: 4 }),
  column.date("From", "valid_from"),
  { name: "Until", cell: (row) => (row.valid_to ? row.valid_to.slice(0, 10) : "in force") },
  { name: "Failures", isText: true, cell: (row) => (row.bills_failures ? "billed" : "free") },
];

const MARGIN_COLUMNS = [
  column.usd("Revenue", "recognised_revenue_usd"),
  { name: "Fees, disputes", cell: (row) => usd(amount(row, ["stripe_fees_usd", "dispute_loss_usd"])), title: (row) => exactUsd(amount(row, ["stripe_fees_usd", "dispute_loss_usd"]), 9) },
  column.usd("Cost", "provider_cost_usd"),
  column.usd("Margin", "gross_margin_usd"),
  { name: "Share", cell: (row) => percent(share(parse(row.gross_margin_usd), parse(row.recognised_revenue_usd))) },
];

const dearest = (open) => [
  column.customer("Customer", "customer_key", open),
  column.text("Country", "country"),
  ...MARGIN_COLUMNS.filter(({ name }) => ["Revenue", "Cost", "Margin", "Share"].includes(name)),
];

/** Rows of several providers as one row. */
function together(data) {
  const one = totals(data);
  if (data.some((row) => row.compare)) {
    one.compare = { ...totals(data.map((row) => row.compare ?? {})), is_partial: data.some((row) => row.compare?.is_partial) };
  }
  return one;
}

function totals(data) {
  const sum = (name) => data.reduce((total, row) => total + (parse(row[name] ?? null) ?? 0n), 0n);
  return Object.fromEntries(SUMS.map((name) => [name, written(sum(name))]));
}

function summed(data) {
  const byDate = Map.groupBy(data, (row) => row.date);
  return [...byDate.values()].map((each) => ({ ...totals(each), is_partial: each[0].is_partial }));
}

function unallocated(data) {
  const value = data.filter((row) => row.value === UNALLOCATED).reduce((sum, row) => sum + parse(row.provider_cost_usd), 0n);
  return { id: "unallocated", label: "Cost of nobody", metric: "provider_cost_usd", how: MONEY, note: "of no customer, in the months shown", value };
}

function perVideo(data, grain) {
  const costs = pivot(data, "provider", "cost_usd");
  const done = pivot(data, "provider", "completed_videos");
  const given = costs.map((row, n) => ({ ...row, done: done[n].of }));
  const series = seriesOf(costs).map(({ name, fill }) => ({ name, fill, of: (row) => ratio(row.of[name] ?? 0n, row.done[name] ?? 0n) }));
  return course({ label: "Cost of a completed video by period and provider", rows: given, series, grain, how: PRICES });
}

function providers(data) {
  if (!data.length) return null;
  const columns = [
    column.text("Provider", "provider"),
    column.count("Calls", "calls"),
    column.count("Videos", "videos"),
    column.count("Completed", "completed_videos"),
    column.usd("Cost", "cost_usd"),
    { name: "Change", cell: (row) => (row.compare && !row.compare.is_partial ? changed(parse(row.cost_usd), parse(row.compare.cost_usd ?? null)) : "–") },
    { name: "Wasted", cell: (row) => percent(share(parse(row.wasted_cost_usd), parse(row.cost_usd))), title: (row) => exactUsd(parse(row.wasted_cost_usd), 9) },
    column.usd("The app says", "app_reported_cost_usd"),
    { name: "A completed video", cell: (row) => usd(each(row), 4), title: (row) => exactUsd(each(row), 9) },
  ];
  // A video that two providers worked on would be counted twice.
  const foot = { ...together(data), provider: "All providers", videos: null };
  return { table: () => table("Provider cost in the range", columns, data, foot) };
}

const each = (row) => ratio(parse(row.cost_usd), parse(row.completed_videos));

function marginByMonth(data, drill) {
  return stacked({
    label: "Gross margin by month: revenue, fees, disputes, provider cost",
    rows: periods(data),
    series: [
      { name: "Recognised revenue", fill: "1", of: of("recognised_revenue_usd") },
      { name: "Provider cost", fill: "3", of: of("provider_cost_usd"), below: true },
      { name: "Stripe fees", fill: "fees", of: of("stripe_fees_usd"), below: true },
      { name: "Disputes lost", fill: "disputes", of: of("dispute_loss_usd"), below: true },
    ],
    line: { name: "Gross margin", of: of("gross_margin_usd") },
    grain: "month",
    how: USD,
    drill: drill("gross_margin_usd"),
  });
}

/** Margin split by one dimension, summed over the months shown; what belongs to nobody is a row. */
function marginBy(dimension, title) {
  return {
    id: `by-${dimension}`,
    title,
    note: "In the months shown, dearest first; nobody’s part is a row of its own",
    span: 6,
    isLow: true,
    about: ["gross_margin_usd", "provider_cost_usd"],
    empty: "There is no revenue yet.",
    asks: ({ months }) => [
      ["/v1/margin", { ...months, dimension }],
      ["/v1/plans", {}],
    ],
    show: (margin, plans) => split(title, margin.data, plans.data),
  };
}

function split(title, data, plans) {
  const names = new Map(plans.map((row) => [row.plan_key, row.name]));
  const sum = (all, name) => all.reduce((total, row) => total + parse(row[name]), 0n);
  const money = ["recognised_revenue_usd", "stripe_fees_usd", "dispute_loss_usd", "provider_cost_usd", "gross_margin_usd"];
  const one = (value, all) => ({ value, ...Object.fromEntries(money.map((name) => [name, written(sum(all, name))])) });
  // Prices of one plan (monthly, yearly, in euros) are one plan to whoever asks.
  const called = ({ value }) => (value === UNALLOCATED ? "Nobody" : names.get(value) ?? value);
  const found = [...Map.groupBy(data, called)].map(([value, all]) => one(value, all));
  found.sort((a, b) => Number(parse(b.provider_cost_usd) - parse(a.provider_cost_usd)));
  const label = { name: "Of", isText: true, cell: ({ value }) => (value.length > 20 ? identifier(value) : value) };
  return rows(title, [label, ...MARGIN_COLUMNS], found, { foot: one("All", data) });
}
