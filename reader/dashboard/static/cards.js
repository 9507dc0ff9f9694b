// The cards: one figure each, how it changed, and its course.

import { named } from "./about.js";
import { approximate, parse, share } from "./decimal.js";
import { h } from "./dom.js";
import { drawing } from "./drawing.js";
import { compactUsd, count, exactUsd, percent, sentence } from "./format.js";

const whole = (value) => (value === null ? "–" : count(value / 10n ** 9n));
const rate = (value) => percent(value === null ? null : approximate(value));

/** How figures are written: in short, exactly, and how a change of them is told. */
export const MONEY = { show: compactUsd, exact: (value) => exactUsd(value, 9) };
export const PRICE = { show: (value) => exactUsd(value, 2), exact: (value) => exactUsd(value, 9) };
export const COUNT = { show: whole, exact: whole };
export const RATE = { show: rate, exact: (value) => percent(value === null ? null : approximate(value), { places: 4 }), isDifference: true };
export const RATIO = { show: (value) => (value === null ? "–" : approximate(value).toFixed(2)), exact: (value) => (value === null ? "–" : String(approximate(value))) };

/** The sum of some columns of a row, as an amount; null where one is null. */
export function amount(row, plus, minus = []) {
  const values = [...plus.map((name) => [name, 1n]), ...minus.map((name) => [name, -1n])];
  return values.reduce((sum, [name, sign]) => {
    const value = parse(row?.[name] ?? null);
    return sum === null || value === null ? null : sum + sign * value;
  }, 0n);
}

/** One amount by another, as an amount; null over nothing. */
export function ratio(over, under) {
  return over === null || under === null || under === 0n ? null : (over * 10n ** 9n) / under;
}

/**
 * The grid of cards of a spec {title}, waiting for figures. A figure: {id, label, metric, how,
 * better: "up" | "down" | "none", note, value, before, course: [amounts], isPartial, versus}.
 */
export function cards(spec, acts) {
  const element = h("section", { class: "kpis span-12", "aria-label": spec.title, data: { panel: spec.id } });
  const hasFigures = () => element.querySelector(".value") !== null;
  return {
    element,
    wait: () => hasFigures() || element.replaceChildren(...Array.from({ length: spec.count }, waiting)),
    async show(figures) {
      const charts = await drawing;
      element.replaceChildren(...figures.map((figure) => card(figure, acts, charts)));
    },
    fail: (problem, retry, keep = false) => (keep && hasFigures()) || element.replaceChildren(failed(problem, retry)),
  };
}

function waiting() {
  const box = h("article", { class: "card kpi" });
  box.append(h("div", { class: "skeleton text" }), h("div", { class: "skeleton number" }), h("div", { class: "skeleton text" }));
  return box;
}

function failed(problem, retry) {
  return h("div", { class: "card kpi failed", role: "alert" },
    h("span", {}, `The figures could not be loaded. ${sentence(problem.message)}`),
    h("button", { class: "button", type: "button", onclick: retry }, "Try again"));
}

function card(figure, acts, charts) {
  const { id, label, metric, how, value, course = [], isPartial = false } = figure;
  const open = metric && figure.opens !== false ? () => acts.open(metric, figure.period) : null;
  return h("article", { class: "card kpi", data: { kpi: id } },
    h("div", { class: "label" }, named(label, metric ? [metric] : [], open)),
    h("div", { class: "value number", title: how.exact(value), data: { exact: how.exact(value) } }, how.show(value)),
    h("div", { class: "change" }, ...change(figure)),
    charts?.spark(course.filter((each) => each !== null).map(approximate), isPartial),
  );
}

function change({ how, value, before, better, note, versus }) {
  if (before === undefined || !versus) return [h("span", { class: "note" }, note)];
  if (before === null || value === null) return [h("span", { class: "note" }, "no earlier data")];
  const moved = value - before;
  const size = moved < 0n ? -moved : moved;
  const fraction = share(size, before);
  const arrow = moved > 0n ? "↑ " : moved < 0n ? "↓ " : "";
  const text = how.isDifference ? how.show(size).replace("%", " pts") : fraction === null ? how.show(size) : percent(fraction);
  const isGood = (moved > 0n) === (better === "up");
  const look = moved === 0n || better === "none" ? "delta" : `delta ${isGood ? "good" : "bad"}`;
  return [
    h("span", { class: `${look} number`, title: `${versus}: ${how.exact(before)}` }, `${arrow}${text}`),
    h("span", { class: "note" }, `from ${how.show(before)}`),
  ];
}
