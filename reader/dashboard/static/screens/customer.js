// One customer: what they pay, use and cost, and everything that happened.

import { ONE } from "../api.js";
import { COUNT, MONEY, amount } from "../cards.js";
import { parse } from "../decimal.js";
import { h } from "../dom.js";
import { day, month, words } from "../format.js";
import { mark } from "../marks.js";
import { column, identifier } from "../table.js";
import { USD, of, periods } from "../views/periods.js";
import { paged, rows } from "../views/rows.js";
import { stacked } from "../views/stacked.js";
import { invoiceColumns } from "./revenue.js";

const FIGURES = [
  { id: "mrr", label: "MRR", how: MONEY, note: "now", of: (row) => amount(row, ["mrr_usd"]) },
  { id: "revenue", label: "Recognised revenue", how: MONEY, note: "ever", of: (row) => amount(row, ["recognised_revenue_usd"]) },
  { id: "cash", label: "Net cash", how: MONEY, note: "ever, after fees", of: (row) => amount(row, ["net_cash_usd"]) },
  { id: "cost", label: "Provider cost", how: MONEY, note: "ever", of: (row) => amount(row, ["provider_cost_usd"]) },
  { id: "margin", label: "Gross margin", how: MONEY, note: "ever", of: (row) => amount(row, ["gross_margin_usd"]) },
  { id: "credits", label: "Credits left", how: COUNT, note: "of all lots", of: (row) => row.credit_lots.reduce((sum, lot) => sum + parse(lot.remaining), 0n) },
];

const everything = ({ state }) => [`/v1/customers/${encodeURIComponent(state.customer)}`, {}, ONE];
const of25 = (path) => ({ state }) => [[path, { customer_key: state.customer, limit: 25 }]];

/** A panel of the customer's rows on a route that lists everybody's. */
const listed = (id, title, span, empty, path, columns) => ({
  id,
  title,
  span,
  isLow: true,
  empty,
  asks: of25(path),
  show: (answer, context, [question]) => paged(title, columns(context), answer, question),
});

export const customer = {
  id: "customer",
  title: "Customer",
  hasRange: false,
  note: ({ state }) => state.customer,
  panels: [
    {
      id: "figures",
      kind: "cards",
      title: "The customer’s figures",
      count: FIGURES.length,
      asks: (context) => [everything(context)],
      figures: ({ data }) => FIGURES.map((spec) => ({ ...spec, value: spec.of(data[0]) })),
    },
    {
      id: "facts",
      title: "Who it is",
      span: 5,
      isLow: true,
      isUnsaved: true,
      empty: "",
      asks: (context) => [everything(context)],
      show: ({ data }) => ({ table: () => facts(data[0]) }),
    },
    {
      id: "months",
      title: "Month by month",
      note: "Recognised revenue above the line; fees, disputes and provider cost below it",
      span: 7,
      empty: "Neither revenue nor cost yet.",
      asks: ({ state }) => [["/v1/margin", { customer_key: state.customer }]],
      show: ({ data }) => margin(data),
    },
    {
      id: "subscriptions",
      title: "Subscriptions",
      span: 5,
      isLow: true,
      isUnsaved: true,
      empty: "Never subscribed.",
      asks: (context) => [everything(context)],
      show: ({ data }) => rows("Subscriptions", SUBSCRIPTIONS, data[0].subscriptions),
    },
    {
      id: "movements",
      title: "MRR movements",
      note: "Every day on which it moved",
      span: 7,
      isLow: true,
      empty: "Never had MRR.",
      asks: ({ state }) => [["/v1/revenue/movements", { customer_key: state.customer, grain: "day" }]],
      show: ({ data }) => rows("MRR movements", MOVEMENTS, data.toReversed()),
    },
    listed("invoices", "Invoices", 6, "None was written.", "/v1/revenue/invoices", (context) => invoiceColumns(context).filter(({ name }) => name !== "Customer")),
    listed("payments", "Payments", 6, "None was tried.", "/v1/revenue/payments", () => PAYMENTS),
    listed("videos", "Videos", 6, "None was asked for.", "/v1/costs/videos", () => VIDEOS),
    {
      id: "credits",
      title: "Credits",
      note: "Each lot: what is left of it, and what is owed",
      span: 6,
      isLow: true,
      isUnsaved: true,
      empty: "Never had a credit.",
      asks: (context) => [everything(context)],
      show: ({ data }) => rows("Credit lots", LOTS, data[0].credit_lots),
    },
    listed("timeline", "What happened", 12, "Nothing has happened to a subscription.", "/v1/churn/subscription-events", () => EVENTS),
  ],
};

function facts(row) {
  const stripe = row.stripe_customers.map(({ stripe_customer_id: id, stripe_url: url }) => h("div", {}, identifier(id, url)));
  const lines = [
    ["Key", h("code", {}, row.customer_key)],
    ["At Stripe", stripe.length ? stripe : "–"],
    ["Plan", row.plan_name ?? row.current_plan_key ?? "–"],
    ["Country", row.country ?? "–"],
    ["Signed up", day(row.created_at?.slice(0, 10), { year: true })],
    ["First paid", day(row.first_paid_at?.slice(0, 10), { year: true })],
    ["Cohort", row.cohort_month ? month(row.cohort_month) : "–"],
    ["Link", words(row.link_status)],
    ["E-mail’s pseudonym", identifier(row.email_hash)],
    row.is_internal ? ["Internal", mark("warned", "Left out of revenue and churn")] : null,
    row.is_deleted ? ["Deleted", mark("failed", "Gone from every side")] : null,
  ].filter(Boolean);
  return h("dl", { class: "facts" }, ...lines.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

function margin(data) {
  return stacked({
    label: "Revenue, cost and margin by month",
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
  });
}

const SUBSCRIPTIONS = [
  column.id("Subscription", "subscription_id", "stripe_url"),
  column.words("State", "state"),
  column.day("Since", "first_day"),
  column.day("Ended", "ended_on"),
  column.usd("MRR", "mrr_usd"),
];
const MOVEMENTS = [
  column.day("Day", "period_start"),
  column.words("What", "primary_movement"),
  column.usd("Opening", "opening_usd"),
  column.usd("Closing", "closing_usd"),
  { name: "Because of", isText: true, cell: (row) => identifier(row.cause_object_id) },
];
const PAYMENTS = [
  column.id("Charge", "charge_id", "stripe_url"),
  column.date("Made", "created_at"),
  column.words("Status", "status"),
  column.minor("Captured", "captured_minor"),
  column.minor("Refunded", "refunded_minor"),
  column.minor("Kept", "retained_minor"),
];
const VIDEOS = [
  { name: "Video", isText: true, cell: (row) => identifier(row.video_id) },
  column.date("Asked for", "created_at"),
  column.text("Provider", "provider"),
  column.text("Status", "status"),
  column.count("Credits", "credits_used"),
  column.usd("Cost", "provider_cost_usd", { places: 4 }),
];
const LOTS = [
  column.words("Kind", "kind"),
  column.date("Granted", "granted_at"),
  column.date("Expires", "expires_at"),
  column.count("Credits", "credits"),
  column.count("Left", "remaining"),
  column.usd("Owed", "liability_usd"),
];
const EVENTS = [
  column.date("When", "occurred_at"),
  column.words("What", "event_type"),
  column.id("Subscription", "subscription_id", "stripe_url"),
  column.usd("List MRR before", "list_mrr_before_usd"),
  column.usd("After", "list_mrr_after_usd"),
  column.words("Reason", "reason"),
  column.words("Known from", "history_source"),
];
