// Where does revenue come from, what moved it, and does it agree with what others say?

import { MONEY, PRICE, RATIO } from "../cards.js";
import { parse } from "../decimal.js";
import { h } from "../dom.js";
import { month, words } from "../format.js";
import { column } from "../table.js";
import { bridge } from "../views/bridge.js";
import { USD, of, periods, pivot, seriesOf } from "../views/periods.js";
import { paged } from "../views/rows.js";
import { stacked } from "../views/stacked.js";
import { column as figure, ofMonth } from "./figures.js";
import { chosenMonth, monthChoice, movementsByPeriod, rollForward } from "./movements.js";

const FIGURES = [
  { id: "mrr", label: "MRR", metric: "closing_usd", how: MONEY, better: "up", isState: true, note: "at the month’s end", of: figure("closing_usd") },
  { id: "arr", label: "ARR", metric: "closing_arr_usd", how: MONEY, better: "up", isState: true, note: "12 × MRR", of: figure("arr_usd") },
  { id: "arpa", label: "ARPA", metric: "arpa_usd", how: PRICE, better: "up", isState: true, note: "MRR a customer", of: figure("arpa_usd") },
  { id: "quick", label: "Quick ratio", metric: "quick_ratio", how: RATIO, better: "up", note: "gains by losses", of: figure("quick_ratio") },
  { id: "committed", label: "Committed MRR", metric: "committed_mrr_usd", how: MONEY, better: "up", isState: true, note: "less what is cancelled", of: figure("committed_mrr_usd") },
  { id: "at-risk", label: "MRR at risk", metric: "at_risk_mrr_usd", how: MONEY, better: "down", isState: true, note: "payment failed", of: figure("at_risk_mrr_usd") },
  { id: "new", label: "New MRR", metric: "new_usd", how: MONEY, better: "up", note: "last full month", of: figure("new_usd") },
  { id: "churned", label: "Churned MRR", metric: "churn_usd", how: MONEY, better: "down", note: "last full month", of: figure("churn_usd") },
];

const DEFINITIONS = { stripe: "Stripe", chartmogul: "ChartMogul", baremetrics: "Baremetrics", profitwell: "ProfitWell", paddle: "Paddle" };
const GAPS = [
  { name: "gap_awaiting_payment_usd", label: "Awaiting first payment", short: "Unpaid" },
  { name: "gap_beyond_grace_usd", label: "Past due beyond grace", short: "Past due" },
  { name: "gap_paused_usd", label: "Paused", short: "Paused" },
  { name: "gap_coupons_usd", label: "Coupons", short: "Coupons" },
  { name: "gap_fx_usd", label: "Exchange rates", short: "FX" },
  { name: "gap_cancellation_usd", label: "Cancellation asked for", short: "Leaving" },
];

// What goes to the bank is the same money once more.
const TRANSFERS = ["payout", "payout_reversal"];

export const revenue = {
  id: "revenue",
  key: "r",
  title: "Revenue",
  hasRange: true,
  panels: [
    {
      id: "figures",
      kind: "cards",
      title: "Revenue figures",
      count: FIGURES.length,
      asks: () => [["/v1/revenue/mrr", {}]],
      figures: ({ data }, context) => ofMonth(FIGURES, upTo(data, context), context),
    },
    movementsByPeriod,
    {
      id: "plans",
      title: "MRR by plan",
      note: "At each period’s end",
      span: 6,
      about: ["mrr_usd"],
      empty: "Nobody is on a plan.",
      asks: ({ days, grain }) => [["/v1/revenue/mrr", { ...days, grain, segment: "plan" }]],
      show: ({ data }, { grain }) => byPlan(data, grain),
    },
    {
      id: "definitions",
      title: "MRR by definition",
      span: 6,
      about: [],
      empty: "There is no month with MRR yet.",
      asks: ({ months }) => [["/v1/revenue/definitions", months]],
      show: ({ data }, context) => definitions(data, context),
    },
    {
      id: "recognition",
      title: "Recognised revenue",
      note: "By month of service, and what is still to be earned",
      span: 6,
      about: ["recognised_usd", "contra_usd", "deferred_closing_usd"],
      empty: "Nothing has been billed.",
      asks: ({ months }) => [["/v1/revenue/recognition", months]],
      show: ({ data }, { drill }) => recognition(data, drill),
    },
    {
      id: "cash",
      title: "Cash",
      note: "What moved the Stripe balance, by class; payouts to the bank are left out",
      span: 12,
      about: ["gross_volume_usd", "refunds_usd", "stripe_fees_usd"],
      empty: "The balance has not moved.",
      asks: ({ days, grain }) => [["/v1/revenue/cash", { ...days, grain }]],
      show: ({ data }, { grain }) => cash(data, grain),
    },
    rollForward,
    {
      id: "waiting",
      title: "Invoices that wait for payment",
      note: "Open at Stripe, the newest first",
      span: 6,
      isLow: true,
      empty: "Every invoice is paid, void or given up.",
      asks: () => [["/v1/revenue/invoices", { status: "open", limit: 25 }]],
      show: (answer, context, ask) => paged("Open invoices", invoiceColumns(context), answer, ask[0]),
    },
    {
      id: "payouts",
      title: "Payouts",
      note: "What Stripe sent to the bank, the newest first",
      span: 6,
      isLow: true,
      empty: "Stripe has sent nothing yet.",
      asks: () => [["/v1/revenue/payouts", { limit: 25 }]],
      show: (answer, context, ask) => paged("Payouts", PAYOUTS, answer, ask[0]),
    },
  ],
};

const PAYOUTS = [
  column.id("Payout", "payout_id", "stripe_url"),
  column.date("Made", "created_at"),
  column.date("Arrives", "arrives_at"),
  column.words("Status", "status"),
  column.minor("Amount", "amount_minor"),
];

/** The columns of a list of invoices. */
export function invoiceColumns({ customer }) {
  return [
    column.id("Invoice", "invoice_id", "stripe_url"),
    column.date("Made", "created_at"),
    column.customer("Customer", "customer_key", customer),
    column.words("Status", "status"),
    column.minor("Due", "amount_due_minor"),
    column.minor("Left", "amount_remaining_minor"),
  ];
}

const upTo = (rows, { days }) => rows.filter((row) => row.month <= days.to);

function byPlan(data, grain) {
  // Prices of one plan (monthly, yearly, in euros) are one plan to whoever asks.
  const rows = pivot(data.map((row) => ({ ...row, plan: row.plan_name ?? row.plan_key })), "plan", "mrr_usd");
  return stacked({
    label: "MRR by period and plan",
    rows,
    series: seriesOf(rows),
    total: "All plans",
    grain,
    how: USD,
  });
}

function definitions(data, context) {
  const { state, change } = context;
  const months = [...new Map(data.map((row) => [row.month, row])).values()];
  if (!months.length) return null;
  const { month: chosen, is_final: isFinal } = chosenMonth(months, context);
  const rows = data.filter((row) => row.month === chosen);
  const row = rows.find(({ definition }) => definition === state.against) ?? rows[0];
  const gaps = GAPS.map((gap) => ({ ...gap, amount: parse(row[gap.name]) })).filter(({ amount }) => amount !== 0n);
  const steps = [
    { label: "Ours", short: "Ours", fill: "1", amount: parse(row.ours_usd), isTotal: true },
    ...gaps.map((gap) => ({ ...gap, fill: gap.amount > 0n ? "up" : "down" })),
    { label: theirs(row), short: theirs(row), fill: "rest", amount: parse(row.mrr_usd), isTotal: true },
  ];
  const choices = Object.entries(DEFINITIONS).map(([value, name]) => h("option", { value }, name));
  const select = h("select", { class: "select", "aria-label": "Definition of", onchange: () => change({ against: select.value }) }, ...choices);
  select.value = row.definition;
  const view = bridge({ label: `From our MRR to ${theirs(row)}’s, ${month(chosen)}`, steps, isPartial: !isFinal, open: () => context.explain("closing_usd", chosen.slice(0, 7)) });
  const note = gaps.length ? `Why it is not the same, ${month(chosen)}` : `The same as ours, ${month(chosen)}`;
  return { ...view, note, tools: [select, monthChoice(months, { month: chosen }, change)] };
}

const theirs = ({ definition }) => DEFINITIONS[definition] ?? words(definition);

function recognition(data, drill) {
  return stacked({
    label: "Recognised revenue by month and stream, and deferred revenue at each month’s end",
    rows: periods(data),
    series: [
      { name: "Subscriptions", fill: "1", of: of("recognised_subscription_usd") },
      { name: "Packs", fill: "2", of: of("recognised_pack_usd") },
      { name: "Other", fill: "3", of: of("recognised_other_usd") },
      { name: "Taken back", fill: "refunds", of: of("contra_usd"), below: true },
    ],
    line: { name: "Deferred at the end", of: of("deferred_closing_usd") },
    grain: "month",
    how: USD,
    drill: drill("recognised_usd"),
  });
}

function cash(data, grain) {
  const kept = data.filter(({ cash_class: name }) => !TRANSFERS.includes(name));
  const rows = pivot(kept, "cash_class", "amount_usd");
  const fees = pivot(kept, "date", "fee_usd");
  rows.forEach((row, n) => (row.of.stripe_fees = -Object.values(fees[n].of).reduce((sum, fee) => sum + fee, 0n)));
  return stacked({
    label: "Movements of the Stripe balance by period and class",
    rows,
    series: seriesOf(rows, words),
    line: { name: "Net", of: ({ of: amounts }) => Object.values(amounts).reduce((sum, amount) => sum + amount, 0n) },
    grain,
    how: USD,
  });
}
