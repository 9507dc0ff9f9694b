// The cards: one figure each, how it changed, and its course.

import { charts } from "./charts/index.js";
import { approximate, parse, share } from "./decimal.js";
import { h } from "./dom.js";
import { compactUsd, count, exactUsd, percent } from "./format.js";

const money = (name) => ({
  of: (row) => parse(row[name]),
  show: compactUsd,
  exact: (value) => exactUsd(value),
});
const number = (name) => ({
  of: (row) => parse(row[name]),
  show: (value) => count(value / 10n ** 9n),
  exact: (value) => count(value / 10n ** 9n),
});

const netNew = (row) =>
  parse(row.net_new_mrr_usd ?? null) ??
  ["new", "expansion", "reactivation"].reduce((sum, name) => sum + parse(row[`${name}_mrr_usd`]), 0n) -
    ["contraction", "churn"].reduce((sum, name) => sum + parse(row[`${name}_mrr_usd`]), 0n);

const arpa = (row) =>
  row.arpa_usd !== undefined
    ? parse(row.arpa_usd)
    : row.paying_customers ? parse(row.mrr_usd) / BigInt(row.paying_customers) : 0n;

/** `better` says which way is good: up, down, or neither. */
export const CARDS = [
  { id: "mrr", label: "MRR", note: "at the end", better: "up", ...money("mrr_usd") },
  { id: "net-new", label: "Net new MRR", note: "in the range", better: "up", difference: true, of: netNew, show: compactUsd, exact: (value) => exactUsd(value) },
  { id: "customers", label: "Paying customers", note: "at the end", better: "up", ...number("paying_customers") },
  { id: "arpa", label: "ARPA", note: "MRR a customer", better: "up", of: arpa, show: (value) => exactUsd(value, 2), exact: (value) => exactUsd(value) },
  { id: "churn", label: "Churned MRR", note: "in the range", better: "down", ...money("churn_mrr_usd") },
  { id: "net-volume", label: "Net volume", note: "less refunds, disputes", better: "up", ...money("net_volume_usd") },
  { id: "cost", label: "Provider cost", note: "in the range", better: "none", ...money("provider_cost_usd") },
  { id: "videos", label: "Videos completed", note: "in the range", better: "up", ...number("videos_completed") },
];

/** The grid of cards, waiting for figures. */
export function cards() {
  const made = CARDS.map((card) => ({ card, element: h("article", { class: "card kpi", data: { kpi: card.id } }) }));
  const element = h("section", { class: "kpis span-12", "aria-label": "Key figures" }, ...made.map((one) => one.element));
  return {
    element,
    wait: () => made.forEach(({ card, element: box }) => box.childElementCount || waiting(card, box)),
    show: (summary, rows, versus) => made.forEach(({ card, element: box }) => fill(card, box, summary, rows, versus)),
    fail: (problem, retry, keep = false) =>
      made.forEach(({ card, element: box }) => (keep && box.querySelector(".value")) || failed(card, box)),
  };
}

function waiting(card, box) {
  box.replaceChildren(
    h("div", { class: "label" }, card.label),
    h("div", { class: "skeleton number" }),
    h("div", { class: "skeleton text" }),
  );
}

function failed(card, box) {
  box.replaceChildren(h("div", { class: "label" }, card.label), h("div", { class: "value" }, "–"), h("div", { class: "change" }, "not loaded"));
}

function fill(card, box, summary, rows, versus) {
  const value = card.of(summary);
  box.replaceChildren(
    h("div", { class: "label" }, card.label),
    h("div", { class: "value number", title: card.exact(value), data: { exact: String(card.exact(value)) } }, card.show(value)),
    h("div", { class: "change" }, ...change(card, value, summary, versus)),
    charts.spark(rows.map((row) => approximate(card.of(row))), rows.at(-1)?.is_partial ?? false),
  );
}

function change(card, value, summary, versus) {
  if (!versus) return [h("span", { class: "note" }, card.note)];
  if (!summary.compare || summary.compare.is_partial) return [h("span", { class: "note" }, "no earlier data")];
  const before = card.of(summary.compare);
  const moved = value - before;
  const fraction = share(moved, before);
  const arrow = moved > 0n ? "↑" : moved < 0n ? "↓" : "";
  const size = card.difference || fraction === null ? card.show(moved < 0n ? -moved : moved) : percent(Math.abs(fraction));
  const good = (moved > 0n) === (card.better === "up");
  const look = moved === 0n || card.better === "none" ? "delta" : `delta ${good ? "good" : "bad"}`;
  return [
    h("span", { class: `${look} number`, title: `${versus}: ${card.exact(before)}` }, `${arrow}${arrow ? " " : ""}${size}`),
    h("span", { class: "note" }, `from ${card.show(before)}`),
  ];
}
