// How is the company doing, in one look?

import { ONE } from "../api.js";
import { COUNT, MONEY, PRICE, amount, ratio } from "../cards.js";
import { parse } from "../decimal.js";
import { count } from "../format.js";
import { course } from "../views/course.js";
import { USD, of, periods, pivot, seriesOf } from "../views/periods.js";
import { stacked } from "../views/stacked.js";
import { column, ofRange } from "./figures.js";
import { monthlyMovements } from "./movements.js";

// The summary says what became of a range; a single period is worked out from its movements.
const netNew = (row) =>
  row.net_new_mrr_usd === undefined
    ? amount(row, ["new_mrr_usd", "expansion_mrr_usd", "reactivation_mrr_usd"], ["contraction_mrr_usd", "churn_mrr_usd"])
    : parse(row.net_new_mrr_usd);
const arpa = (row) =>
  row.arpa_usd === undefined ? ratio(parse(row.mrr_usd ?? null), parse(row.paying_customers ?? null)) : parse(row.arpa_usd);

const FIGURES = [
  { id: "mrr", label: "MRR", metric: "mrr_usd", how: MONEY, better: "up", note: "at the end", of: column("mrr_usd") },
  { id: "net-new", label: "Net new MRR", metric: "new_mrr_usd", how: MONEY, better: "up", note: "in the range", of: netNew },
  { id: "customers", label: "Paying customers", metric: "paying_customers", how: COUNT, better: "up", note: "at the end", of: column("paying_customers") },
  { id: "arpa", label: "ARPA", metric: "arpa_usd", how: PRICE, better: "up", note: "MRR a customer", of: arpa },
  { id: "churn", label: "Churned MRR", metric: "churn_mrr_usd", how: MONEY, better: "down", note: "in the range", of: column("churn_mrr_usd") },
  { id: "net-volume", label: "Net volume", metric: "net_volume_usd", how: MONEY, better: "up", note: "less refunds, disputes", of: column("net_volume_usd") },
  { id: "cost", label: "Provider cost", metric: "provider_cost_usd", how: MONEY, better: "none", note: "in the range", of: column("provider_cost_usd") },
  { id: "margin", label: "Gross margin", metric: "gross_margin_usd", how: MONEY, better: "up", note: "after provider cost", of: column("gross_margin_usd") },
];

const FLOWS = [
  { name: "Gross volume", of: of("gross_volume_usd"), fill: "gross" },
  { name: "Refunds", of: of("refunds_usd"), fill: "refunds", below: true },
  { name: "Disputes", of: of("disputes_usd"), fill: "disputes", below: true },
  { name: "Stripe fees", of: of("stripe_fees_usd"), fill: "fees", below: true },
];

export const overview = {
  id: "overview",
  key: "o",
  title: "Overview",
  hasRange: true,
  panels: [
    {
      id: "figures",
      kind: "cards",
      title: "Key figures",
      count: FIGURES.length,
      asks: ({ days, grain, compare }) => [
        ["/v1/kpis/summary", { ...days, compare }, ONE],
        ["/v1/kpis", { ...days, grain }],
      ],
      figures: (summary, rows, context) => ofRange(FIGURES, summary.data[0], rows.data, context),
    },
    {
      id: "mrr",
      title: "MRR",
      note: "Recurring revenue at the end of each day, not what was invoiced",
      span: 6,
      about: ["mrr_usd", "arr_usd"],
      empty: "There is no subscription yet.",
      asks: ({ days, compare }) => [["/v1/kpis", { ...days, grain: "day", compare }]],
      show: ({ data }, context) => trend(data, context),
    },
    monthlyMovements,
    {
      id: "revenue",
      title: "Revenue",
      note: "Payments through Stripe, in US dollars",
      span: 7,
      about: ["gross_volume_usd", "refunds_usd", "disputes_usd", "stripe_fees_usd"],
      empty: "No payment has gone through Stripe.",
      asks: ({ days, grain }) => [["/v1/kpis", { ...days, grain }]],
      show: ({ data }, { grain, drill }) =>
        stacked({
          label: "Revenue by period: gross volume, refunds, disputes, fees and net",
          rows: periods(data),
          series: FLOWS,
          line: { name: "Net after fees", of: (row) => amount(row, ["net_volume_usd"], ["stripe_fees_usd"]) },
          grain,
          how: USD,
          drill: drill("net_volume_usd"),
        }),
    },
    {
      id: "costs",
      title: "Provider cost",
      note: "What generating videos cost, at the rates in force",
      span: 5,
      about: ["provider_cost_usd", "wasted_cost_usd"],
      empty: "No provider was called.",
      asks: ({ days, grain }) => [["/v1/costs/providers", { ...days, grain }]],
      show: ({ data }, context) => costByProvider(data, context),
    },
  ],
};

function trend(data, { versus, drill }) {
  const rows = periods(data);
  const before = { name: versus, short: "Before", fill: "before", of: (row) => parse(row.compare?.mrr_usd ?? null) };
  return course({
    label: "MRR by day",
    rows,
    series: [{ name: "MRR", fill: "1", of: of("mrr_usd") }, ...(versus ? [before] : [])],
    grain: "day",
    how: USD,
    drill: drill("mrr_usd"),
    more: [
      { name: "Customers", cell: (row) => count(row.paying_customers) },
      ...["new", "expansion", "reactivation", "contraction", "churn"].map((name) => ({
        name: name[0].toUpperCase() + name.slice(1),
        cell: (row) => USD.text(parse(row[`${name}_mrr_usd`])),
      })),
    ],
  });
}

/** Cost of the providers' calls, stacked; also on the screen of costs. */
export function costByProvider(data, { grain, drill }) {
  const rows = pivot(data, "provider", "cost_usd");
  return stacked({
    label: "Provider cost by period and provider",
    rows,
    series: seriesOf(rows),
    total: "All providers",
    grain,
    how: USD,
    drill: drill("provider_cost_usd"),
  });
}
