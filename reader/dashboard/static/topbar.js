// The bar at the top: where one is, how fresh the data is, and what holds everywhere.

import { h, icon } from "./dom.js";
import { count, instant } from "./format.js";
import { statusOf, wording } from "./freshness.js";
import { remember } from "./storage.js";
import { attach, content } from "./tooltip.js";

/** acts: {leave, notices, save, help}: what the buttons do. */
export function topbar(acts) {
  const badge = h("span", { class: "badge number", tabindex: "0", role: "status", hidden: true });
  const generation = h("span", { class: "generation", title: "The published generation that these figures are from" });
  const unread = h("span", { class: "unread number", hidden: true });
  const bell = button("bell", "Notifications", acts.notices);
  bell.append(unread);
  const element = h("header", { class: "topbar" },
    brand(),
    h("span", { class: "spacer" }),
    generation,
    badge,
    bell,
    button("down", "Save the period", acts.save),
    button("keys", "Keys", acts.help, "wide-only"),
    button("moon", "Light or dark", toggleTheme),
    button("exit", "Sign out", acts.leave),
  );
  let latest = null;
  attach(badge, () => (latest ? about(latest.meta, latest.now()) : []));
  const draw = () => {
    if (!latest) return;
    badge.hidden = false;
    badge.dataset.status = statusOf(latest.meta, latest.now());
    badge.textContent = wording(latest.meta, latest.now());
    generation.textContent = latest.meta.generation;
    document.body.classList.toggle("is-stale", badge.dataset.status === "stale");
  };
  const timer = setInterval(draw, 15000);
  return {
    element,
    show: (meta, now) => {
      latest = { meta, now };
      draw();
    },
    unread: (number) => {
      unread.hidden = !number;
      unread.textContent = number > 99 ? "99+" : String(number);
      bell.setAttribute("aria-label", number ? `Notifications, ${number} unread` : "Notifications");
    },
    stop: () => clearInterval(timer),
  };
}

function button(name, label, onclick, look = "") {
  return h("button", { class: `icon-button ${look}`, type: "button", "aria-label": label, title: label, onclick }, icon(name));
}

/** The name and the mark. */
export function brand() {
  return h("span", { class: "brand" }, h("img", { src: "/static/icon.svg", alt: "" }), "Tillhouse");
}

function about(meta, now) {
  const sources = Object.entries(meta.sources).map(([name, source]) => ({ label: `${name} synced through`, value: instant(source.synced_through) }));
  return content(wording(meta, now), [
    { label: "Data as of", value: instant(meta.as_of) },
    { label: "Published", value: instant(meta.published_at) },
    { label: "Next expected by", value: instant(meta.expected_by) },
    ...sources,
    { label: "Checks passed", value: count(meta.checks.passed) },
    { label: "Checks with a warning", value: count(meta.checks.warned) },
    { label: "Generation", value: meta.generation, total: true },
  ]);
}

/** The other theme, until somebody chooses again. */
export function toggleTheme() {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const next = (root.dataset.theme ?? system) === "dark" ? "light" : "dark";
  root.dataset.theme = next;
  remember("theme", next);
}
