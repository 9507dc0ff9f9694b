// What a figure means: the API's catalogue says it, the page shows it where the figure stands.

import { all } from "./api.js";
import { h } from "./dom.js";
import { words } from "./format.js";
import { attach } from "./tooltip.js";

let asked = null;

/** Every metric by its name: {metric, definition, formula, unit, table, isMonthly}. */
export function catalogue() {
  asked ??= all("/v1/marts").then(({ data }) => byMetric(data)).catch(() => {
    // Figures stand without their meanings, and the next look asks again.
    asked = null;
    return new Map();
  });
  return asked;
}

function byMetric(tables) {
  const found = new Map();
  for (const { name, columns } of tables) {
    const isMonthly = columns.some((column) => column.name === "month");
    for (const column of columns.filter(({ metric }) => metric)) {
      found.set(column.metric, { ...column, table: name, isMonthly });
    }
  }
  return found;
}

const ACRONYMS = /\b(mrr|arr|arpa|dau|wau|mau|fx|nrr|grr)\b/gi;

/** A metric's name in words: churn_mrr_usd is Churn MRR. */
export function spoken(metric) {
  return words(metric.replace(/_usd$/, "")).replace(ACRONYMS, (name) => name.toUpperCase());
}

/**
 * A name that tells its meaning when pointed at or in focus, and opens what is behind it.
 * metrics: names of the catalogue; open(metric): null for what has only a meaning.
 */
export function named(text, metrics, open) {
  if (!metrics.length) return h("span", {}, text);
  const button = h("button", { class: "named", type: "button", onclick: () => open?.(metrics[0]) }, text);
  let known = null;
  const load = () => catalogue().then((map) => {
    known = metrics.map((name) => map.get(name)).filter(Boolean);
    if (button.matches(":hover, :focus-visible")) button.dispatchEvent(new Event("told"));
  });
  attach(button, () => (known ? meanings(known, open) : (load(), [h("p", {}, "…")])), "told");
  return button;
}

function meanings(known, open) {
  if (!known.length) return [h("p", {}, "The catalogue says nothing of it.")];
  const several = known.length > 1;
  const paragraphs = known.map(({ metric, definition, formula }) =>
    h("p", {}, several ? h("strong", {}, `${spoken(metric)}: `) : null, definition, several || !formula ? null : h("em", {}, formula)));
  return [...paragraphs, open ? h("p", { class: "hint" }, "Click for what is behind it") : null].filter(Boolean);
}
