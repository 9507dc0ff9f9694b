// From one figure to another, step by step: the waterfall, and the same steps as a table.

import { approximate } from "../decimal.js";
import { axisUsd, compactUsd, count, exactUsd, usd } from "../format.js";
import { swatch } from "../patterns.js";
import { table } from "../table.js";
import { content } from "../tooltip.js";

/**
 * steps: [{label, short, fill, amount, isTotal, customers}]: totals stand by themselves, the change
 * of every other step is its amount; open(step).
 */
export function bridge({ label, steps: given, isPartial, open }) {
  const steps = placed(given);
  const said = steps.map((one) => `${one.label} ${usd(one.amount)}`).join(", ");
  const describe = (n) => ({
    content: content(steps[n].label, tooltipRows(steps[n])),
    words: `${steps[n].label}: ${exactUsd(steps[n].amount)}`,
  });
  const hasPeople = steps.some(({ customers }) => customers !== undefined);
  const columns = hasPeople ? COLUMNS : COLUMNS.filter(({ name }) => name !== "Customers");
  return {
    chart: (charts) => [
      charts.waterfall({ label: `${label}: ${said}`, steps, isPartial, describe, open: open && ((n) => open(steps[n])) }),
    ],
    table: () => table(label, columns, steps.slice(0, -1), steps.at(-1)),
  };
}

const COLUMNS = [
  { name: "Step", isText: true, cell: (one) => [swatch(one), one.label] },
  { name: "Customers", cell: (one) => (one.customers === undefined ? "" : count(one.customers)) },
  { name: "MRR", cell: (one) => usd(one.amount), title: (one) => exactUsd(one.amount, 9) },
];

function tooltipRows(one) {
  const rows = [{ label: one.isTotal ? "MRR" : "Change", value: exactUsd(one.amount) }];
  if (one.customers !== undefined) rows.push({ label: "Customers", value: count(one.customers) });
  if (!one.isTotal) rows.push({ label: "MRR after it", value: exactUsd(one.after), total: true });
  return rows;
}

/** Each step begins where the one before it ended. */
function placed(given) {
  let after = 0n;
  return given.map((step) => {
    const before = after;
    after = step.isTotal ? step.amount : after + step.amount;
    const text = step.isTotal ? compactUsd(step.amount) : step.amount === 0n ? "0" : signedUsd(step.amount);
    const brief = step.isTotal ? `${(approximate(step.amount) / 1000).toFixed(1)}k` : text.replace("$", "");
    return { ...step, after, text, brief, from: approximate(before), to: approximate(after) };
  });
}

/** +$230: to the dollar where there is one, so that ten of them find room. */
function signedUsd(change) {
  const dollars = approximate(change);
  return `${change > 0n ? "+" : ""}${axisUsd(Math.round(dollars) || dollars)}`;
}
