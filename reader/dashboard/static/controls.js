// The bar at the top and the heading with its range, grain and comparison.

import { attach, content } from "./charts/tooltip.js";
import { h, icon } from "./dom.js";
import { count, day, instant } from "./format.js";
import { statusOf, wording } from "./freshness.js";
import { COMPARES, GRAINS, RANGES } from "./state.js";

/** The top bar: freshness, generation, theme, the way out. */
export function topbar(leave) {
  const badge = h("span", { class: "badge number", tabindex: "0", role: "status", hidden: true });
  const generation = h("span", { class: "generation", title: "The published generation that these figures are from" });
  const theme = h("button", { class: "icon-button", type: "button", "aria-label": "Light or dark", title: "Light or dark", onclick: toggleTheme }, icon("moon"));
  const exit = h("button", { class: "icon-button", type: "button", "aria-label": "Sign out", title: "Sign out", onclick: leave }, icon("exit"));
  const element = h("header", { class: "topbar" }, brand(), h("span", { class: "spacer" }), generation, badge, theme, exit);
  let latest = null;
  attach(badge, () => (latest ? about(latest.meta, latest.now()) : []));
  const draw = () => {
    if (!latest) return;
    badge.hidden = false;
    badge.dataset.status = statusOf(latest.meta, latest.now());
    badge.textContent = wording(latest.meta, latest.now());
    generation.textContent = latest.meta.generation;
    document.body.classList.toggle("is-stale", badge.dataset.status === "stale");
  };
  setInterval(draw, 15000);
  return { element, show: (meta, now) => { latest = { meta, now }; draw(); } };
}

/** The name and the mark. */
export function brand() {
  return h("span", { class: "brand" }, h("img", { src: "/static/icon.svg", alt: "" }), "Tillhouse");
}

function about(meta, now) {
  const sources = Object.entries(meta.sources).map(([name, source]) => ({ label: `${name} synced through`, value: instant(source.synced_through) }));
  return content(wording(meta, now), [
    { label: "Data as of", value: instant(meta.as_of) },
    { label: "Published", value: instant(meta.published_at) },
    { label: "Next expected by", value: instant(meta.expected_by) },
    ...sources,
    { label: "Checks passed", value: count(meta.checks.passed) },
    { label: "Checks with a warning", value: count(meta.checks.warned) },
    { label: "Generation", value: meta.generation, total: true },
  ]);
}

function toggleTheme() {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const next = (root.dataset.theme ?? system) === "dark" ? "light" : "dark";
  root.dataset.theme = next;
  try {
    localStorage.setItem("tillhouse.theme", next);
  } catch {
    // Kept for this visit only.
  }
}

/** The heading; `change(patch)` is called with what was chosen. */
export function heading(change) {
  const note = h("p", { class: "number" });
  const ranges = RANGES.map(({ id, label, name }) =>
    h("button", { type: "button", title: name, data: { range: id }, onclick: () => change({ range: id, from: undefined, to: undefined, grain: undefined }) }, label));
  const custom = h("button", { type: "button", title: "From one day to another", data: { range: "custom" } }, "Custom");
  const from = h("input", { type: "date", "aria-label": "First day" });
  const to = h("input", { type: "date", "aria-label": "Last day" });
  const dates = h("span", { class: "dates", hidden: true }, from, "–", to);
  const choose = () => from.value && to.value && from.value <= to.value && change({ range: "custom", from: from.value, to: to.value, grain: undefined });
  custom.addEventListener("click", () => { dates.hidden = false; from.focus(); choose(); });
  from.addEventListener("change", choose);
  to.addEventListener("change", choose);
  const grain = menu("Length of a period", GRAINS, (value) => change({ grain: value }));
  const names = Object.fromEntries(Object.entries(COMPARES).map(([id, name]) => [id, id === "none" ? "No comparison" : `vs ${name}`]));
  const compare = menu("Compare with", names, (value) => change({ compare: value }));
  const element = h("div", { class: "heading" },
    h("div", { class: "title" }, h("h1", {}, "Overview"), note),
    h("div", { class: "controls" }, h("div", { class: "segmented", role: "group", "aria-label": "Range" }, ...ranges, custom), dates, grain, compare),
  );
  return {
    element,
    show(state, resolved, newest) {
      for (const button of [...ranges, custom]) button.setAttribute("aria-pressed", String(button.dataset.range === state.range));
      dates.hidden = state.range !== "custom";
      [from.value, to.value, to.max, from.max] = [resolved.from, resolved.to, newest, newest];
      grain.value = resolved.grain;
      compare.value = state.compare;
      note.textContent = `${resolved.name}, ${day(resolved.from, { year: resolved.from.slice(0, 4) !== resolved.to.slice(0, 4) })} – ${day(resolved.to, { year: true })}`;
    },
  };
}

function menu(label, choices, chosen) {
  const options = Object.entries(choices).map(([value, name]) => h("option", { value }, name));
  return h("select", { class: "select", "aria-label": label, onchange: (event) => chosen(event.target.value) }, ...options);
}
