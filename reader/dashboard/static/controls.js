// The heading of a screen with its range, grain and comparison.

import { h } from "./dom.js";
import { day } from "./format.js";
import { COMPARES, GRAINS, RANGES } from "./state.js";

/** The heading; `change(patch)` is called with what was chosen. */
export function heading(change) {
  const title = h("h1", { tabindex: "-1" });
  const note = h("p", { class: "number" });
  const way = h("button", { class: "back", type: "button", hidden: true });
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
  const controls = h("div", { class: "controls" }, h("div", { class: "segmented", role: "group", "aria-label": "Range" }, ...ranges, custom), dates, grain, compare);
  const element = h("div", { class: "heading" }, h("div", { class: "title" }, way, title, note), controls);
  return {
    element,
    /** Show which screen it is, before anything is known of its data. */
    name(text, hasRange, back) {
      title.textContent = text;
      way.hidden = !back;
      if (back) [way.textContent, way.onclick] = [`← ${back.name}`, back.go];
      controls.hidden = !hasRange;
      if (!hasRange) note.textContent = "";
    },
    focus: () => title.focus({ preventScroll: true }),
    show(state, { range, newest }, said) {
      for (const button of [...ranges, custom]) button.setAttribute("aria-pressed", String(button.dataset.range === state.range));
      dates.hidden = state.range !== "custom";
      [from.value, to.value, to.max, from.max] = [range.from, range.to, newest, newest];
      grain.value = range.grain;
      compare.value = state.compare;
      note.textContent = said ?? `${range.name}, ${span(range)}`;
    },
  };
}

/** 1 Nov – 25 Nov 2026. */
export function span({ from, to }) {
  return `${day(from, { year: from.slice(0, 4) !== to.slice(0, 4) })} – ${day(to, { year: true })}`;
}

function menu(label, choices, chosen) {
  const options = Object.entries(choices).map(([value, name]) => h("option", { value }, name));
  return h("select", { class: "select", "aria-label": label, onchange: (event) => chosen(event.target.value) }, ...options);
}
