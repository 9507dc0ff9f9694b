// The MRR waterfall of a month: opening, what came, what went, closing.

import { charts } from "./charts/index.js";
import { content } from "./charts/tooltip.js";
import { approximate, parse } from "./decimal.js";
import { h, icon } from "./dom.js";
import { axisUsd, compactUsd, count, exactUsd, month, usd } from "./format.js";
import { panel, swatch, table } from "./panel.js";

const STEPS = [
  { name: "opening_usd", label: "Opening", short: "Open", fill: "rest", people: "customers_opening", isTotal: true },
  { name: "new_usd", label: "New", short: "New", fill: "up", sign: 1n, people: "customers_new" },
  { name: "expansion_usd", label: "Expansion", short: "Exp.", fill: "up", sign: 1n },
  { name: "reactivation_usd", label: "Reactivated", short: "React.", fill: "up", sign: 1n, people: "customers_reactivated" },
  { name: "resumed_usd", label: "Resumed", short: "Res.", fill: "up", sign: 1n, people: "customers_resumed" },
  { name: "contraction_usd", label: "Contraction", short: "Contr.", fill: "down", sign: -1n },
  { name: "churn_usd", label: "Churn", short: "Churn", fill: "down", sign: -1n, people: "customers_churned" },
  { name: "paused_usd", label: "Paused", short: "Paused", fill: "pause", sign: -1n, people: "customers_paused" },
  { name: "fx_usd", label: "FX", short: "FX", fill: "rest", sign: 1n },
  { name: "closing_usd", label: "Closing", short: "Close", fill: "1", people: "customers_closing", isTotal: true },
];

/** The panel, with its own month; `choose(month)` tells the page, which keeps it in the address. */
export function movements(choose) {
  const select = h("select", { class: "select", "aria-label": "Month", onchange: () => choose(select.value) });
  const step = (name, label, by) => h("button", { class: "icon-button", type: "button", "aria-label": label, onclick: () => {
    const index = select.selectedIndex - by;
    if (index >= 0 && index < select.options.length) choose(select.options[index].value);
  } }, icon(name));
  const tools = [h("div", { class: "stepper" }, step("left", "Month before", -1), select, step("right", "Month after", 1))];
  const view = panel("MRR movements", "From opening to closing", "span-6", tools);
  return { ...view, show: (months, chosen) => show(view, select, months, chosen) };
}

function show(view, select, months, chosen) {
  if (!months.length) return view.empty("There is no month with MRR yet.");
  const row = months.find((one) => one.month.startsWith(chosen ?? "-")) ?? months.at(-1);
  const options = months.toReversed().map((one) => h("option", { value: one.month.slice(0, 7) }, month(one.month)));
  select.replaceChildren(...options);
  select.value = row.month.slice(0, 7);
  view.note.textContent = row.is_final ? "From opening to closing" : "This month so far";
  const steps = stepsOf(row);
  const describe = (n) => ({
    content: content(`${steps[n].label}, ${month(row.month)}`, tooltipRows(steps[n])),
    words: `${steps[n].label}: ${exactUsd(steps[n].amount)}`,
  });
  return view.show({
    chart: () => [charts.waterfall({ label: `MRR movements of ${month(row.month)}: ${steps.map((one) => `${one.label} ${usd(one.amount)}`).join(", ")}`, steps, isPartial: !row.is_final, describe })],
    table: () => table(`MRR movements of ${month(row.month)}`, COLUMNS, steps.slice(0, -1), steps.at(-1)),
  });
}

const COLUMNS = [
  { name: "Movement", cell: (one) => [swatch(one), one.label] },
  { name: "Customers", cell: (one) => (one.customers === undefined ? "" : count(one.customers)) },
  { name: "MRR", cell: (one) => usd(one.isTotal ? one.amount : one.change), title: (one) => exactUsd(one.amount) },
];

function tooltipRows(one) {
  const rows = [{ label: one.isTotal ? "MRR" : "Change", value: exactUsd(one.isTotal ? one.amount : one.change) }];
  if (one.customers !== undefined) rows.push({ label: "Customers", value: count(one.customers) });
  if (!one.isTotal) rows.push({ label: "MRR after it", value: exactUsd(one.after), total: true });
  return rows;
}

/** +$230: to the dollar where there is one, so that ten of them find room. */
function signedUsd(change) {
  const dollars = approximate(change);
  return `${change > 0n ? "+" : ""}${axisUsd(Math.round(dollars) || dollars)}`;
}

function stepsOf(row) {
  let after = parse(row.opening_usd);
  const steps = STEPS.map((step) => {
    const amount = parse(row[step.name]);
    const before = after;
    if (!step.isTotal) after += amount * step.sign;
    const change = step.isTotal ? amount : amount * step.sign;
    const fill = step.name === "fx_usd" && amount !== 0n ? (amount > 0n ? "up" : "down") : step.fill;
    const text = step.isTotal ? compactUsd(amount) : change === 0n ? "0" : signedUsd(change);
    const brief = step.isTotal ? `${(approximate(amount) / 1000).toFixed(1)}k` : text.replace("$", "");
    const bar = { from: approximate(before), to: approximate(after) };
    return { ...step, fill, amount, change, after, text, brief, customers: row[step.people], ...bar };
  });
  // What never happened in this month only takes room.
  const rare = ["reactivation_usd", "resumed_usd", "paused_usd", "fx_usd"];
  return steps.filter((step) => !rare.includes(step.name) || step.amount !== 0n);
}
