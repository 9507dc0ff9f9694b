// MRR day by day.

import { charts } from "./charts/index.js";
import { content } from "./charts/tooltip.js";
import { approximate, parse } from "./decimal.js";
import { count, day, exactUsd, usd } from "./format.js";
import { panel, table } from "./panel.js";

/** The panel of the daily line. */
export function trend() {
  const view = panel("MRR", "Recurring revenue at the end of each day, not what was invoiced", "span-6");
  return { ...view, show: (rows) => show(view, rows) };
}

function show(view, rows) {
  if (!rows.length) return view.empty("There is no subscription yet.");
  const describe = (n) => {
    const row = rows[n];
    const lines = [
      { label: "MRR", value: exactUsd(parse(row.mrr_usd)) },
      { label: "Run rate a year", value: exactUsd(parse(row.arr_usd)) },
      { label: "Paying customers", value: count(row.paying_customers) },
    ];
    return { content: content(day(row.date, { year: true }), lines), words: `${day(row.date, { year: true })}: ${exactUsd(parse(row.mrr_usd))}` };
  };
  const money = (name, column) => ({ name, cell: (row) => usd(parse(row[column])), title: (row) => exactUsd(parse(row[column])) });
  const columns = [
    { name: "Day", cell: (row) => day(row.date, { year: true }) },
    money("MRR", "mrr_usd"),
    { name: "Customers", cell: (row) => count(row.paying_customers) },
    money("New", "new_mrr_usd"),
    money("Expansion", "expansion_mrr_usd"),
    money("Reactivated", "reactivation_mrr_usd"),
    money("Contraction", "contraction_mrr_usd"),
    money("Churn", "churn_mrr_usd"),
  ];
  const ends = `from ${exactUsd(parse(rows[0].mrr_usd))} to ${exactUsd(parse(rows.at(-1).mrr_usd))}`;
  return view.show({
    chart: () => [charts.trend({ label: `MRR by day, ${ends}`, dates: rows.map((row) => row.date), values: rows.map((row) => approximate(parse(row.mrr_usd))), describe })],
    table: () => table("MRR by day", columns, rows.toReversed()),
  });
}
