// A word with a mark whose form, not only its colour, says how good it is.

import { h } from "./dom.js";
import { words } from "./format.js";

/** state: fresh, late, stale, passed, warned, failed, resolved, info, warning, critical, error. */
export function mark(state, text = words(state)) {
  return h("span", { class: "mark", data: { state } }, text);
}
