// A panel holds a chart and its table: the same rows, one toggle apart, with its own waiting, empty
// and error states.

import { h, icon } from "./dom.js";
import { sentence } from "./format.js";

/** A card with a title; `tools` stand at its right. */
export function panel(title, subtitle, span, tools = []) {
  const body = h("div", { class: "body" });
  const note = h("p", {}, subtitle);
  let showsTable = false;
  let shown = null;
  const toggle = h("button", {
    class: "icon-button",
    type: "button",
    title: "Show as a table",
    "aria-label": `${title}: show as a table`,
    "aria-pressed": "false",
    onclick: () => {
      showsTable = !showsTable;
      toggle.setAttribute("aria-pressed", String(showsTable));
      draw();
    },
  }, icon("table"));
  const draw = () => shown && body.replaceChildren(...(showsTable ? [shown.table()] : shown.chart()));
  const element = h("section", { class: `card panel ${span}`, "aria-label": title },
    h("header", {}, h("div", { class: "title" }, h("h2", {}, title), note), ...tools, toggle),
    body,
  );
  return {
    element,
    note,
    show(view) {
      shown = view;
      toggle.hidden = false;
      draw();
    },
    wait() {
      if (!shown) body.replaceChildren(h("div", { class: "skeleton chart", "aria-label": "Loading" }));
    },
    empty(text) {
      shown = null;
      toggle.hidden = true;
      body.replaceChildren(h("div", { class: "message" }, h("strong", {}, "Nothing in this range"), text));
    },
    /** Say that loading failed; figures that are shown already stay, if `keep` says so. */
    fail(problem, retry, keep = false) {
      if (keep && shown) return;
      shown = null;
      toggle.hidden = true;
      body.replaceChildren(h("div", { class: "message", role: "alert" },
        h("strong", {}, "This could not be loaded"),
        h("span", {}, sentence(problem.message)),
        h("button", { class: "button", type: "button", onclick: retry }, "Try again"),
      ));
    },
  };
}

/** A table of `columns` [{name, cell(row) → node or text, title(row)}]; the first names its row. */
export function table(caption, columns, rows, foot) {
  const cell = (tag, column, row) => {
    const title = column.title?.(row);
    return h(tag, { class: "number", ...(tag === "th" ? { scope: "row" } : {}), title }, column.cell(row));
  };
  const line = (row) =>
    h("tr", { class: row.is_partial || row.is_final === false ? "partial" : null },
      ...columns.map((column, n) => cell(n ? "td" : "th", column, row)));
  return h("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": caption },
    h("table", {},
      h("caption", { class: "visually-hidden" }, caption),
      h("thead", {}, h("tr", {}, ...columns.map(({ name }) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, ...rows.map(line)),
      foot ? h("tfoot", {}, line(foot)) : null,
    ),
  );
}

/** A key to the colours; `line` for what is drawn as one. */
export function legend(entries) {
  return h("div", { class: "legend" }, ...entries.map((one) => h("span", {}, swatch(one), one.name)));
}

/** A small square in a series' colour. */
export function swatch({ fill, line }) {
  if (line) return h("i", { class: "swatch line" });
  const square = h("i", { class: "swatch" });
  square.style.background = { 1: "var(--series-1)", 2: "var(--series-2)", 3: "var(--series-3)", 4: "var(--series-4)", 5: "var(--series-5)", 6: "var(--series-6)" }[fill] ?? `var(--${fill})`;
  return square;
}
