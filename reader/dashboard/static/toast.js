// A message at the corner that moves nothing under the reader's eyes.

import { h } from "./dom.js";

/** Show one; the one before it goes. `act`: {name, run()}: its button. */
export function toast(text, act, { isAlert = false } = {}) {
  document.querySelector(".toast")?.remove();
  const run = () => {
    box.remove();
    act.run();
  };
  const box = h("div", { class: "toast", role: isAlert ? "alert" : "status" }, h("span", {}, text),
    act ? h("button", { class: "button", type: "button", onclick: run }, act.name) : null,
    h("button", { class: "icon-button", type: "button", "aria-label": "Dismiss", onclick: () => box.remove() }, "×"));
  document.body.append(box);
  return box;
}
