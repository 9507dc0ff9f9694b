// The keyboard: everything that a mouse can do, from anywhere on the page.

import { dialog } from "./dialog.js";
import { h } from "./dom.js";

const PATIENCE = 1500;

/** Listen; acts: {go(key) → whether there is such a screen, search, step(−1 | 1), reload, theme, tables}. */
export function listen(acts) {
  let since = -Infinity;
  const single = {
    "/": acts.search,
    "?": () => help(acts.screens),
    "[": () => acts.step(-1),
    "]": () => acts.step(1),
    r: acts.reload,
    R: acts.reload,
    t: acts.theme,
    n: acts.notices,
  };
  const onkeydown = (event) => {
    const isTyping = event.target.closest?.("input, select, textarea, [contenteditable]");
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping || document.querySelector("dialog[open]")) return;
    const isSecond = event.timeStamp - since < PATIENCE;
    since = -Infinity;
    if (isSecond && acts.go(event.key.toLowerCase())) return event.preventDefault();
    if (event.key === "g") {
      since = event.timeStamp;
      return;
    }
    const act = single[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  document.addEventListener("keydown", onkeydown);
  return () => document.removeEventListener("keydown", onkeydown);
}

/** Say which keys there are. */
export function help(screens) {
  const lines = [
    ...screens.map(({ key, title }) => [["g", key], title]),
    [["/"], "Search customers"],
    [["["], "The period before"],
    [["]"], "The period after"],
    [["R"], "Show new data"],
    [["n"], "Notifications"],
    [["t"], "Light or dark"],
    [["←", "→"], "In a chart: the value before, the value after"],
    [["Enter"], "In a chart: what is behind the value"],
    [["Esc"], "Close what is open"],
    [["?"], "These keys"],
  ];
  const line = ([keys, text]) => [h("dt", {}, ...keys.map((key) => h("kbd", {}, key))), h("dd", {}, text)];
  dialog("Keys", "box", h("dl", { class: "keys" }, ...lines.flatMap(line)));
}
