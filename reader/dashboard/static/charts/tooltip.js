// One tooltip for every chart and badge; it follows the pointer, or the element in focus.

import { h } from "../dom.js";

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

/** Show rows below an element while it is pointed at or in focus. */
export function attach(element, render) {
  const open = () => {
    const { right, bottom } = element.getBoundingClientRect();
    const { width } = fill(render());
    place(right - width, bottom + 8);
  };
  element.addEventListener("pointerenter", open);
  element.addEventListener("focus", open);
  element.addEventListener("pointerleave", hide);
  element.addEventListener("blur", hide);
}

function fill(children) {
  const tooltip = box();
  tooltip.style.transform = "none";
  tooltip.replaceChildren(...children);
  tooltip.hidden = false;
  return tooltip.getBoundingClientRect();
}

function place(left, top) {
  box().style.transform = `translate(${Math.max(8, left)}px, ${Math.max(8, top)}px)`;
}
