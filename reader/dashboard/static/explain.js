// What is behind a figure: its meaning, its query, its tests, and the objects that sum to it.

import { all, get } from "./api.js";
import { catalogue, spoken } from "./about.js";
import { approximate, parse } from "./decimal.js";
import { dialog } from "./dialog.js";
import { h, icon } from "./dom.js";
import { count, day, digitsOf, exactUsd, month, percent, words } from "./format.js";
import { mark } from "./marks.js";
import { refusal } from "./panel.js";
import { customer, identifier, table } from "./table.js";

/**
 * Show the drawer of the figure that the address names. acts: {explain(metric, period), customer(key)};
 * onclose: called when somebody closes it.
 */
export function explanation({ metric, period, slice }, acts, onclose) {
  const box = dialog(spoken(metric), "drawer", h("div", { class: "skeleton chart" }), onclose);
  const path = `/v1/metrics/${encodeURIComponent(metric)}/explain`;
  const load = async () => {
    try {
      const [answer, known] = await Promise.all([get(path, { period, slice, limit: 50 }), catalogue()]);
      const told = answer.meta.metric;
      box.heading.textContent = told.label ?? spoken(metric);
      box.body.replaceChildren(...parts(told, answer, known, { ...acts, path, period, slice }));
    } catch (problem) {
      box.body.replaceChildren(refusal(problem, load));
    }
  };
  load();
  return box;
}

function parts(told, answer, known, acts) {
  return [
    steps(told, known, acts),
    h("p", { class: "figure number" }, figure(told)),
    h("p", {}, told.definition),
    told.formula ? h("p", { class: "fine" }, told.formula) : null,
    told.limits ? h("p", { class: "fine" }, told.limits) : null,
    objects(told, answer, acts),
    h("h3", {}, "The query"),
    query(told.sql),
    h("h3", {}, `Checks of ${told.table}`),
    tests(told.tests),
  ].filter(Boolean);
}

function figure({ figure: value, unit }) {
  const amount = value === null ? null : parse(value);
  if (/dollars/.test(unit)) return exactUsd(amount, 9);
  if (amount === null) return "–";
  if (/of 1/.test(unit)) return percent(approximate(amount), { places: 2 });
  return /ratio/.test(unit) ? digitsOf(amount) : `${count(value)} ${unit ?? ""}`;
}

/** The period before and after, and the other figures of the same table. */
function steps(told, known, acts) {
  const name = told.period.length > 7 ? day(told.period, { year: true }) : month(told.period);
  const move = (by, label, sign) => {
    const onclick = () => acts.explain(told.name, moved(told.period, by));
    return h("button", { class: "icon-button", type: "button", "aria-label": label, onclick }, icon(sign));
  };
  const siblings = [...known.values()].filter((one) => `marts.${one.table}` === told.table);
  const options = siblings.map((one) => h("option", { value: one.metric }, spoken(one.metric)));
  const select = h("select", { class: "select", "aria-label": "Figure", onchange: () => acts.explain(select.value, told.period) }, ...options);
  select.value = told.name;
  return h("div", { class: "drawer-steps" },
    move(-1, "Period before", "left"),
    h("strong", {}, name),
    move(1, "Period after", "right"),
    siblings.length > 1 ? select : null,
  );
}

function moved(period, by) {
  const [year, month, day] = period.split("-").map(Number);
  if (day) return new Date(Date.UTC(year, month - 1, day + by)).toISOString().slice(0, 10);
  return new Date(Date.UTC(year, month - 1 + by, 1)).toISOString().slice(0, 7);
}

function objects(told, answer, acts) {
  if (!told.has_objects) return h("p", { class: "fine" }, "It is worked out from other figures, so no single objects sum to it.");
  const isMoney = /dollars/.test(told.unit);
  const columns = [
    { name: "What", isText: true, cell: (row) => words(row.object_type) },
    { name: "Which", isText: true, cell: (row) => which(row, acts) },
    { name: "Stripe", isText: true, cell: (row) => (row.stripe_url ? identifier(row.stripe_url.split("/").at(-1), row.stripe_url) : "–") },
    { name: isMoney ? "Amount" : "Counts", cell: (row) => (isMoney ? exactUsd(parse(row.amount), 9) : digitsOf(parse(row.amount))) },
  ];
  const box = h("div", {});
  const draw = () => {
    const more = h("button", { class: "button", type: "button", onclick: () => everything(more, answer, acts, draw) }, "Show all of them");
    const text = `${answer.has_more ? "The largest " : ""}${count(answer.data.length)} ${answer.data.length === 1 ? "object" : "objects"} behind it`;
    const list = answer.data.length ? table(text, columns, answer.data) : h("p", { class: "fine" }, "Nothing happened that counts.");
    box.replaceChildren(...[h("h3", {}, text), list, answer.has_more ? more : null].filter(Boolean));
  };
  draw();
  return box;
}

function which({ object_type: type, object_id: id }, acts) {
  return type === "customer" || type === "user" ? customer(id, acts.customer) : identifier(id);
}

async function everything(button, answer, { path, period, slice }, draw) {
  button.disabled = true;
  try {
    const whole = await all(path, { period, slice });
    Object.assign(answer, whole);
    draw();
  } catch (problem) {
    button.disabled = false;
    button.textContent = `${problem.message} Try again`;
  }
}

function query(sql) {
  const onclick = () => navigator.clipboard?.writeText(sql);
  const copy = h("button", { class: "icon-button", type: "button", "aria-label": "Copy the query", title: "Copy", onclick }, icon("copy"));
  return h("div", { class: "query" }, h("pre", { tabindex: "0" }, sql), copy);
}

function tests(found) {
  if (!found.length) return h("p", { class: "fine" }, "None is recorded.");
  const line = ({ check_name: name, status, description }) => h("li", {}, mark(status), h("span", { title: name }, description || words(name)));
  return h("ul", { class: "tests" }, ...found.map(line));
}
