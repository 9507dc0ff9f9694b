// The page around the screens: it reads the address, loads what it says, and keeps watch.

import { asker, get, signOut } from "./api.js";
import { contextOf } from "./context.js";
import { heading, span } from "./controls.js";
import { announce, h } from "./dom.js";
import { explanation } from "./explain.js";
import { exportDialog, saveCsv, saving } from "./exports.js";
import { instant, sentence } from "./format.js";
import { help, listen } from "./keys.js";
import { nav } from "./nav.js";
import { noticeCentre } from "./notices.js";
import { patterns } from "./patterns.js";
import { screenOf } from "./screen.js";
import { SCREENS } from "./screens/index.js";
import * as address from "./state.js";
import { topbar, toggleTheme } from "./topbar.js";
import { watch } from "./watch.js";

// A change of these leads somewhere else; the others only show the same place otherwise.
const PLACES = ["screen", "customer"];
// What the drawer shows is beside the screen, which need not be asked for again.
const DRAWER = ["metric", "period", "slice"];
const CLOSED = Object.fromEntries(DRAWER.map((name) => [name, undefined]));
// What belongs to one screen only, and is left behind on the way to another.
const ELSEWHERE = { customer: undefined, q: undefined, month: undefined, ...CLOSED };

/** Build the page; `leave(problem)` is called when the session is over. Returns how to take it down. */
export function shell(root, leave) {
  const page = { state: address.read(), run: 0, meta: null, newest: null, shown: null };
  const notices = noticeCentre({ unread: (number) => bar.unread(number) });
  const bar = topbar({
    leave: () => signOut().catch(() => null).then(() => leave()),
    notices: () => notices.open(),
    save: () => page.newest && exportDialog(context().days, span(context().range)),
    help: () => help(SCREENS),
  });
  const head = heading((patch) => change(patch));
  const go = (id) => change({ ...ELSEWHERE, screen: id });
  const way = nav(SCREENS, go, (id) => address.addressOf({ ...page.state, ...ELSEWHERE, screen: id }));
  const banner = h("div", { class: "banner", role: "alert", hidden: true });
  const now = h("p", { class: "payments number", hidden: true });
  const place = h("div", {});
  const foot = h("footer", { class: "number" });
  const main = h("main", { id: "main" }, head.element, banner, now, place, foot);
  root.replaceChildren(patterns(), bar.element, way.element, main);

  const acts = {
    change,
    explain: (metric, period, slice) => change({ metric, period, slice }),
    customer: (key) => change({ ...CLOSED, screen: "customers", customer: key }),
    reload: () => load(),
  };
  const context = () => contextOf(page.state, page.newest, acts);

  function change(patch) {
    const before = page.state;
    page.state = { ...before, ...patch };
    address.write(page.state, true);
    turn(before);
  }

  /** Show what the address says now, and ask only for what has changed. */
  function turn(before) {
    const changed = Object.keys(page.state).filter((name) => page.state[name] !== before[name]);
    if (changed.some((name) => DRAWER.includes(name))) drawer();
    if (changed.some((name) => !DRAWER.includes(name))) page.loading = load();
    if (changed.some((name) => PLACES.includes(name))) {
      scrollTo(0, 0);
      head.focus();
    }
  }

  function drawer() {
    const { metric, period, slice } = page.state;
    page.drawer?.close();
    page.drawer = null;
    if (!metric || !period) return;
    const open = explanation({ metric, period, slice }, acts, () => {
      // Closed by the reader, not by another figure that took its place.
      if (page.drawer === open) change(CLOSED);
    });
    page.drawer = open;
  }

  /** The screen that the address names; made anew only when it is another one. */
  function current() {
    const found = SCREENS.find(({ id }) => id === page.state.screen) ?? SCREENS[0];
    const spec = page.state.customer && found.detail ? found.detail : found;
    const key = spec === found ? spec.id : `${spec.id} ${page.state.customer}`;
    if (page.shown !== key) {
      page.shown = key;
      page.screen = screenOf(spec, {
        tables: () => new Set((page.state.tables ?? "").split(",")),
        onTable,
        open: (metric, period) => acts.explain(metric, period ?? context().days.to.slice(0, 7)),
        save: (title, question) => question && saving(saveCsv(title, question)),
      });
      place.replaceChildren(page.screen.element);
    }
    head.name(spec.title, spec.hasRange, spec === found ? null : { name: found.panels[0].title, go: () => change({ customer: undefined }) });
    document.title = `${spec.title} · Tillhouse`;
    way.show(found.id);
    return { spec, screen: page.screen };
  }

  function onTable(id, isTable) {
    const tables = new Set((page.state.tables ?? "").split(",").filter(Boolean));
    tables[isTable ? "add" : "delete"](id);
    // The panel has turned already: only the address has to say so.
    page.state = { ...page.state, tables: [...tables].sort().join(",") || undefined };
    address.write(page.state, true);
  }

  async function load() {
    const run = (page.run += 1);
    const isCurrent = () => run === page.run;
    const { spec, screen } = current();
    screen.wait();
    try {
      const ask = asker();
      const newest = await get("/v1/kpis");
      if (!isCurrent()) return;
      banner.hidden = true;
      shows(newest);
      const told = context();
      head.show(page.state, told, spec.note?.(told));
      await screen.load(told, ask, isCurrent, load);
      if (isCurrent()) announce(`${spec.title} is shown${spec.hasRange ? `, ${told.range.name.toLowerCase()}` : ""}.`);
    } catch (problem) {
      if (isCurrent()) refuse(problem, screen);
    } finally {
      if (isCurrent()) screen.rest();
    }
  }

  function shows({ meta, data }) {
    page.meta = meta;
    guard.shown(meta);
    foot.textContent = `Data as of ${instant(meta.as_of)} · generation ${meta.generation} · days are UTC`;
    if (!data.length) throw Object.assign(new Error("Nothing has happened yet."), { code: "empty" });
    page.newest = data[0].date;
  }

  function refuse(problem, screen) {
    if (problem.status === 401) return leave(problem);
    screen.fail(problem, load);
    const text = problem.code === "no_generation"
      ? "Nothing is published yet. Run tillhouse refresh, then try again."
      : `${sentence(problem.message)} ${page.meta ? `The figures below are of ${instant(page.meta.as_of)}.` : ""}`;
    banner.replaceChildren(h("span", {}, text), h("button", { class: "button", type: "button", onclick: load }, "Try again"));
    banner.hidden = false;
  }

  const guard = watch({
    bar,
    notices,
    leave,
    reload: load,
    payments: (text) => {
      now.hidden = !text;
      now.textContent = text;
    },
  });
  const step = (by) => {
    const moved = page.newest && address.neighbour(context().days, by, page.newest);
    if (moved) change({ range: "custom", ...moved, grain: context().grain });
  };
  const silence = listen({
    screens: SCREENS,
    go: (key) => {
      const found = SCREENS.find((screen) => screen.key === key);
      if (found) go(found.id);
      return !!found;
    },
    search: () => {
      if (page.state.screen !== "customers" || page.state.customer) change({ screen: "customers", customer: undefined });
      page.loading.then(() => document.getElementById("search")?.focus());
    },
    step,
    reload: () => {
      document.querySelector(".toast")?.remove();
      load();
    },
    theme: toggleTheme,
    notices: () => notices.open(),
  });
  const back = () => {
    const before = page.state;
    page.state = address.read();
    turn(before);
  };
  addEventListener("popstate", back);
  page.loading = load();
  drawer();
  return () => {
    removeEventListener("popstate", back);
    silence();
    guard.stop();
    bar.stop();
    for (const open of document.querySelectorAll("dialog, .toast")) open.remove();
  };
}
