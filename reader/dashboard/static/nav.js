// The way between the screens.

import { h, icon } from "./dom.js";

/** Links to the screens; `go(id)` is called instead of leaving, `addressOf(id)` is where they lead. */
export function nav(screens, go, addressOf) {
  const links = screens.map(({ id, title, key }) => {
    const open = (event) => {
      // A new tab or window is the browser's business.
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
      event.preventDefault();
      go(id);
    };
    return h("a", { href: "?", data: { screen: id }, title: `${title} (g ${key})`, onclick: open }, icon(id), h("span", {}, title));
  });
  return {
    element: h("nav", { class: "nav", "aria-label": "Screens" }, ...links),
    show(id) {
      for (const link of links) {
        link.href = addressOf(link.dataset.screen);
        if (link.dataset.screen === id) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
      }
      links.find(({ dataset }) => dataset.screen === id)?.scrollIntoView({ block: "nearest", inline: "nearest" });
    },
  };
}
