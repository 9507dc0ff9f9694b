// MRR from opening to closing: of one month, and period by period.

import { parse } from "../decimal.js";
import { h, icon } from "../dom.js";
import { month } from "../format.js";
import { column } from "../table.js";
import { bridge } from "../views/bridge.js";
import { USD, of, periods } from "../views/periods.js";
import { rows } from "../views/rows.js";
import { stacked } from "../views/stacked.js";

const STEPS = [
  { name: "opening_usd", label: "Opening", short: "Open", fill: "rest", people: "customers_opening", isTotal: true },
  { name: "new_usd", label: "New", short: "New", fill: "up", sign: 1n, people: "customers_new" },
  { name: "expansion_usd", label: "Expansion", short: "Exp.", fill: "up", sign: 1n },
  { name: "reactivation_usd", label: "Reactivated", short: "React.", fill: "up", sign: 1n, people: "customers_reactivated", isRare: true },
  { name: "resumed_usd", label: "Resumed", short: "Res.", fill: "up", sign: 1n, people: "customers_resumed", isRare: true },
  { name: "contraction_usd", label: "Contraction", short: "Contr.", fill: "down", sign: -1n },
  { name: "churn_usd", label: "Churn", short: "Churn", fill: "down", sign: -1n, people: "customers_churned" },
  { name: "paused_usd", label: "Paused", short: "Paused", fill: "pause", sign: -1n, people: "customers_paused", isRare: true },
  { name: "fx_usd", label: "FX", short: "FX", fill: "rest", sign: 1n, isRare: true },
  { name: "closing_usd", label: "Closing", short: "Close", fill: "1", people: "customers_closing", isTotal: true },
];
const NAMES = STEPS.map(({ name }) => name);

/** A month to choose, which the address keeps; months: rows with `month`, oldest first. */
export function monthChoice(months, shown, change) {
  const options = months.toReversed().map((row) => h("option", { value: row.month.slice(0, 7) }, month(row.month)));
  const select = h("select", { class: "select", "aria-label": "Month", onchange: () => change({ month: select.value }) }, ...options);
  select.value = shown.month.slice(0, 7);
  const step = (name, label, by) => h("button", { class: "icon-button", type: "button", "aria-label": label, onclick: () => {
    const option = select.options[select.selectedIndex - by];
    if (option) change({ month: option.value });
  } }, icon(name));
  return h("div", { class: "stepper" }, step("left", "Month before", -1), select, step("right", "Month after", 1));
}

/** The row of the month that the address names, or else of the range's last one. */
export function chosenMonth(months, { state, days }) {
  const wanted = state.month ?? days.to.slice(0, 7);
  return months.find((row) => row.month.startsWith(wanted)) ?? months.at(-1);
}

/** The waterfall of a month. */
export const monthlyMovements = {
  id: "movements",
  title: "MRR movements",
  span: 6,
  about: ["new_usd", "expansion_usd", "contraction_usd", "churn_usd"],
  empty: "There is no month with MRR yet.",
  asks: () => [["/v1/revenue/mrr", {}]],
  show({ data }, context) {
    if (!data.length) return null;
    const row = chosenMonth(data, context);
    const open = ({ name }) => context.explain(name, row.month.slice(0, 7));
    return {
      ...bridge({ label: `MRR movements of ${month(row.month)}`, steps: stepsOf(row), isPartial: !row.is_final, open }),
      note: row.is_final ? "From opening to closing" : "This month so far",
      tools: [monthChoice(data, row, context.change)],
    };
  },
};

function stepsOf(row) {
  const steps = STEPS.map((step) => {
    const amount = parse(row[step.name]);
    const fill = step.name === "fx_usd" && amount !== 0n ? (amount > 0n ? "up" : "down") : step.fill;
    return { ...step, fill, amount: step.isTotal ? amount : amount * step.sign, customers: row[step.people] };
  });
  // What never happened in this month only takes room.
  return steps.filter((step) => !step.isRare || step.amount !== 0n);
}

/** Gains above, losses below, net as a line. */
export const movementsByPeriod = {
  id: "gains",
  title: "MRR gained and lost",
  note: "Gains above the line, losses below it",
  span: 6,
  about: ["new_usd", "expansion_usd", "churn_usd", "contraction_usd"],
  empty: "MRR did not move.",
  asks: ({ days, grain }) => [["/v1/revenue/movements", { ...days, grain }]],
  show: ({ data }, { grain, drill }) =>
    stacked({
      label: "MRR gained and lost by period",
      rows: periods(data),
      series: [
        { name: "New", fill: "up", of: of("new_usd") },
        { name: "Expansion", fill: "2", of: of("expansion_usd") },
        { name: "Reactivated, resumed", fill: "5", of: (row) => parse(row.reactivation_usd) + parse(row.resumed_usd) },
        { name: "Contraction", fill: "3", of: of("contraction_usd"), below: true },
        { name: "Churn", fill: "down", of: of("churn_usd"), below: true },
        { name: "Paused", fill: "pause", of: of("paused_usd"), below: true },
      ],
      line: { name: "Net change", of: (row) => parse(row.closing_usd) - parse(row.opening_usd) },
      grain,
      how: USD,
      drill: drill(grain === "month" ? "churn_usd" : "churn_mrr_usd"),
    }),
};

/** Every month from opening to closing, to check with a pocket calculator. */
export const rollForward = {
  id: "roll",
  title: "Roll-forward",
  note: "Each month’s opening, what came, what went, closing: each row adds up, and closes where the next opens",
  span: 12,
  isLow: true,
  about: NAMES.slice(0, 4),
  empty: "There is no month with MRR yet.",
  asks: () => [["/v1/revenue/mrr", {}]],
  show: ({ data }, { months }) =>
    rows(
      "MRR roll-forward by month",
      [column.month("Month", "month", { isText: true }), ...STEPS.map(({ name, label }) => column.usd(label, name)), column.count("Customers", "customers_closing")],
      data.filter((row) => row.month >= months.from && row.month <= months.to).toReversed(),
    ),
};
