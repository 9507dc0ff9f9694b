// One tooltip for every chart, name and badge; it follows the pointer, or the element in focus.

import { h } from "./dom.js";

const box = () => document.getElementById("tooltip");

/** Rows of `[swatch, label, value]` under a heading. */
export function content(when, rows) {
  const lines = rows.map(({ swatch, label, value, total }) =>
    h("div", { class: total ? "row total" : "row" }, h("span", {}, swatch, label), h("span", {}, value)),
  );
  return [h("div", { class: "when" }, when), ...lines];
}

/** Show it beside a point of the window. */
export function show(children, x, y) {
  const { width, height } = fill(children);
  const left = x + 14 + width > innerWidth - 8 ? x - 14 - width : x + 14;
  place(left, Math.min(y - height / 2, innerHeight - height - 8));
}

/** Take it away. */
export function hide() {
  box().hidden = true;
}

/** Show rows below an element while it is pointed at or in focus; `event` shows them anew. */
export function attach(element, render, event = "told") {
  const open = () => {
    const { left, bottom, top } = element.getBoundingClientRect();
    const { width, height } = fill(render());
    element.setAttribute("aria-describedby", "tooltip");
    const below = bottom + 8 + height <= innerHeight;
    place(Math.min(left, innerWidth - width - 8), below ? bottom + 8 : top - 8 - height);
  };
  const close = () => {
    element.removeAttribute("aria-describedby");
    hide();
  };
  for (const name of ["pointerenter", "focus", event]) element.addEventListener(name, open);
  for (const name of ["pointerleave", "blur", "click"]) element.addEventListener(name, close);
  element.addEventListener("keydown", ({ key }) => key === "Escape" && close());
}

function fill(children) {
  const tooltip = box();
  // What is open in front of the page would cover a tooltip that is behind it.
  const front = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  if (tooltip.parentElement !== front) front.append(tooltip);
  tooltip.style.transform = "none";
  tooltip.replaceChildren(...children);
  tooltip.hidden = false;
  return tooltip.getBoundingClientRect();
}

function place(left, top) {
  box().style.transform = `translate(${Math.max(8, left)}px, ${Math.max(8, top)}px)`;
}
