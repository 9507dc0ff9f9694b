// A panel holds a chart and its table: the same rows, one toggle apart, with its own waiting, empty
// and error states.

import { named } from "./about.js";
import { h, icon } from "./dom.js";
import { drawing } from "./drawing.js";
import { sentence } from "./format.js";
import { swatch } from "./patterns.js";

/**
 * A card with a title.
 *
 * spec: {id, title, note, span, about: [metric], empty}; acts: {isTable(), onTable(bool), open(metric),
 * save()}: what its buttons do.
 */
export function panel(spec, acts) {
  const body = h("div", { class: "body" });
  const note = h("p", {}, spec.note ?? "");
  const tools = h("div", { class: "tools" });
  let shown = null;
  let isTable = acts.isTable();
  const toggle = button("table", "Show as a table", spec.title, () => {
    isTable = !isTable;
    acts.onTable(isTable);
    draw();
  });
  const save = button("down", "Save as CSV", spec.title, acts.save);
  const draw = async () => {
    const drawn = shown;
    const charts = drawn?.chart ? await drawing : null;
    if (!drawn || drawn !== shown) return;
    toggle.hidden = charts === null;
    toggle.setAttribute("aria-pressed", String(isTable));
    const content = isTable || charts === null ? [drawn.table()] : drawn.chart(charts);
    body.replaceChildren(...content.filter(Boolean));
  };
  const element = h("section", { class: `card panel span-${spec.span}${spec.isLow ? " low" : ""}`, "aria-label": spec.title, data: { panel: spec.id } },
    h("header", {}, h("div", { class: "title" }, h("h2", {}, named(spec.title, spec.about ?? [], acts.open)), note), tools, toggle, save),
    body,
  );
  const none = (message) => {
    shown = null;
    toggle.hidden = save.hidden = true;
    body.replaceChildren(message);
  };
  return {
    element,
    /** Show a view {chart(charts) → nodes, table() → node, note, tools}; null is nothing to show. */
    show(view) {
      become(tools, view?.tools ?? []);
      note.textContent = view?.note ?? spec.note ?? "";
      if (!view?.table) return none(h("div", { class: "message" }, h("strong", {}, "Nothing to show"), spec.empty));
      shown = view;
      isTable = acts.isTable();
      save.hidden = !!spec.isUnsaved;
      return draw();
    },
    wait() {
      if (!shown) body.replaceChildren(h("div", { class: "skeleton chart", role: "status", "aria-label": "Loading" }));
    },
    /** Say that loading failed; figures that are shown already stay, if `keep` says so. */
    fail(problem, retry, keep = false) {
      if (!keep || !shown) none(refusal(problem, retry));
    },
  };
}

/** Let an element have these children; one that stays in its place keeps its focus. */
function become(parent, nodes) {
  nodes.forEach((node, n) => {
    const now = parent.children[n];
    if (!now) parent.append(node);
    else if (now !== node) now.replaceWith(node);
  });
  while (parent.children.length > nodes.length) parent.lastElementChild.remove();
}

function button(name, what, title, onclick) {
  return h("button", { class: "icon-button", type: "button", title: what, "aria-label": `${title}: ${what.toLowerCase()}`, onclick }, icon(name));
}

/** What stands where something could not be loaded. */
export function refusal(problem, retry) {
  const isForbidden = problem.status === 403;
  return h("div", { class: "message", role: "alert" },
    h("strong", {}, isForbidden ? "Not for this token" : "This could not be loaded"),
    h("span", {}, sentence(problem.message)),
    problem.requestId ? h("span", { class: "fine" }, "Request ", h("code", {}, problem.requestId)) : null,
    isForbidden ? null : h("button", { class: "button", type: "button", onclick: retry }, "Try again"),
  );
}

/** A key to the colours and patterns; `line` for what is drawn as one. */
export function legend(entries) {
  return h("div", { class: "legend" }, ...entries.map((one) => h("span", {}, swatch(one), one.name)));
}
