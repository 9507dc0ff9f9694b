// Two panels about money: what Stripe brought in, and what the providers of videos cost.

import { charts } from "./charts/index.js";
import { content } from "./charts/tooltip.js";
import { approximate, parse, share } from "./decimal.js";
import { count, exactUsd, percent, period, usd } from "./format.js";
import { legend, panel, swatch, table } from "./panel.js";

const FLOWS = [
  { name: "Gross volume", column: "gross_volume_usd", fill: "gross" },
  { name: "Refunds", column: "refunds_usd", fill: "refunds", below: true },
  { name: "Disputes", column: "disputes_usd", fill: "disputes", below: true },
  { name: "Stripe fees", column: "stripe_fees_usd", fill: "fees", below: true },
];

/** What is left of the volume once Stripe has taken its fees. */
const afterFees = (row) => parse(row.net_volume_usd) - parse(row.stripe_fees_usd);

/** Gross volume, what went back, and what is left. */
export function revenue() {
  const view = panel("Revenue", "Payments through Stripe, in US dollars", "span-7");
  return { ...view, show: (rows, grain) => showRevenue(view, rows, grain) };
}

function showRevenue(view, rows, grain) {
  if (!rows.length) return view.empty("No payment has gone through Stripe.");
  const series = FLOWS.map((flow) => ({ ...flow, value: (row) => approximate(parse(row[flow.column])) }));
  const line = { name: "Net after fees", value: (row) => approximate(afterFees(row)) };
  const describe = (n) => {
    const row = rows[n];
    const lines = FLOWS.map((flow) => ({ swatch: swatch(flow), label: flow.name, value: exactUsd(flow.below ? -parse(row[flow.column]) : parse(row[flow.column])) }));
    const total = { swatch: swatch({ line: true }), label: line.name, value: exactUsd(afterFees(row)), total: true };
    return { content: content(period(row, grain), [...lines, total]), words: `${period(row, grain)}: net ${exactUsd(afterFees(row))}` };
  };
  const columns = [
    { name: "Period", cell: (row) => (row.label ?? period(row, grain)) },
    ...FLOWS.map((flow) => ({ name: flow.name, cell: (row) => usd(parse(row[flow.column])), title: (row) => exactUsd(parse(row[flow.column])) })),
    { name: "Net volume", cell: (row) => usd(parse(row.net_volume_usd)) },
    { name: "Net after fees", cell: (row) => usd(afterFees(row)) },
  ];
  return view.show({
    chart: () => [
      charts.bars({ label: "Revenue by period: gross volume, refunds, disputes, fees and net", rows, series, line, grain, describe }),
      legend([...FLOWS, { name: line.name, line: true }]),
    ],
    table: () => table("Revenue by period", columns, rows.toReversed()),
  });
}

/** Cost of the providers' calls, stacked, and what a finished video cost at each. */
export function costs() {
  const view = panel("Provider cost", "What generating videos cost, at the rates in force", "span-5");
  return { ...view, show: (rows, summary, grain) => showCosts(view, rows, summary, grain) };
}

function showCosts(view, rows, summary, grain) {
  if (!rows.length) return view.empty("No provider was called.");
  const names = [...new Set(rows.map((row) => row.provider))].sort();
  const periods = byPeriod(rows);
  const series = names.map((name, n) => ({ name, fill: String((n % 6) + 1), value: (row) => approximate(parse(row.costs[name] ?? "0")) }));
  const describe = (n) => {
    const row = periods[n];
    const lines = series.map((one) => ({ swatch: swatch(one), label: one.name, value: exactUsd(parse(row.costs[one.name] ?? "0")) }));
    const sum = Object.values(row.costs).reduce((total, cost) => total + parse(cost), 0n);
    const words = `${period(row, grain)}: ${exactUsd(sum)}`;
    return { content: content(period(row, grain), [...lines.toReversed(), { label: "Total", value: exactUsd(sum), total: true }]), words };
  };
  const fills = Object.fromEntries(series.map((one) => [one.name, one]));
  return view.show({
    chart: () => [
      charts.bars({ label: "Provider cost by period", rows: periods, series, grain, describe }),
      legend(series),
    ],
    table: () => costTable(summary, fills),
  });
}

function byPeriod(rows) {
  const periods = new Map();
  for (const row of rows) {
    if (!periods.has(row.date)) periods.set(row.date, { ...row, costs: {} });
    periods.get(row.date).costs[row.provider] = row.cost_usd;
  }
  return [...periods.values()];
}

/** The range by provider; also shown below the chart, where there is room. */
export function costTable(summary, fills = {}) {
  const sum = (name) => summary.reduce((total, row) => total + parse(row[name] ?? "0"), 0n);
  const columns = [
    { name: "Provider", cell: (row) => [fills[row.provider] ? swatch(fills[row.provider]) : null, row.provider].filter(Boolean) },
    { name: "Calls", cell: (row) => count(row.calls) },
    { name: "Videos", cell: (row) => count(row.videos) },
    { name: "Cost", cell: (row) => usd(parse(row.cost_usd)), title: (row) => exactUsd(parse(row.cost_usd), 9) },
    { name: "Change", cell: (row) => change(row) },
    { name: "Wasted", cell: (row) => percent(share(parse(row.wasted_cost_usd), parse(row.cost_usd))), title: (row) => exactUsd(parse(row.wasted_cost_usd), 9) },
    { name: "Per finished video", cell: (row) => usd(parse(row.cost_per_completed_video_usd ?? null), 4), title: (row) => exactUsd(parse(row.cost_per_completed_video_usd ?? null), 9) },
  ];
  const before = summary.reduce((total, row) => total + parse(row.compare?.cost_usd ?? "0"), 0n);
  const foot = {
    provider: "All providers",
    calls: summary.reduce((total, row) => total + row.calls, 0),
    videos: null,
    cost_usd: plainText(sum("cost_usd")),
    wasted_cost_usd: plainText(sum("wasted_cost_usd")),
    compare: { cost_usd: plainText(before), is_partial: summary.some((row) => row.compare?.is_partial) },
    cost_per_completed_video_usd: null,
  };
  return table("Provider cost in the range", columns, summary, foot);
}

function change(row) {
  if (!row.compare || row.compare.is_partial) return "–";
  return percent(share(parse(row.cost_usd) - parse(row.compare.cost_usd), parse(row.compare.cost_usd)), { sign: true });
}

function plainText(amount) {
  const sign = amount < 0n ? "-" : "";
  const text = (amount < 0n ? -amount : amount).toString().padStart(10, "0");
  return `${sign}${text.slice(0, -9)}.${text.slice(-9)}`;
}
