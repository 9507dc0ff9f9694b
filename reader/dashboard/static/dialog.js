// Windows before the page: the browser's own dialogs, which keep the focus and end with Escape.

import { h, icon } from "./dom.js";

/** Open a dialog; it is gone from the page when it closes. `look`: "drawer" or "box". */
export function dialog(title, look, content, onclose = () => {}) {
  const close = h("button", { class: "icon-button", type: "button", "aria-label": "Close", title: "Close (Esc)", onclick: () => element.close() }, icon("close"));
  const heading = h("h2", { id: "dialog-title" }, title);
  const body = h("div", { class: "dialog-body" }, content);
  const element = h("dialog", { class: `dialog ${look}`, "aria-labelledby": "dialog-title" }, h("header", {}, heading, close), body);
  // The place behind the window is a way out, too.
  element.addEventListener("click", (event) => event.target === element && element.close());
  element.addEventListener("close", () => {
    // The one tooltip may be inside.
    const tooltip = element.querySelector("#tooltip");
    if (tooltip) document.body.append(tooltip);
    element.remove();
    onclose();
  });
  document.body.append(element);
  element.showModal();
  return { element, body, heading, close: () => element.close() };
}

/** Ask before something that all readers would notice; true if it is to be done. */
export function confirm(title, text, action) {
  return new Promise((resolve) => {
    let isSure = false;
    const act = () => {
      isSure = true;
      box.close();
    };
    const buttons = h("div", { class: "buttons" },
      h("button", { class: "button", type: "button", onclick: () => box.close() }, "Cancel"),
      h("button", { class: "button primary", type: "button", onclick: act }, action));
    const box = dialog(title, "box", [h("p", {}, text), buttons], () => resolve(isSure));
  });
}
