// The overview: asks the API for what the address says and shows it, each panel on its own, so that
// one that fails leaves the others standing.

import { all, get, signOut } from "./api.js";
import { heading, topbar } from "./controls.js";
import { announce, h } from "./dom.js";
import { instant, sentence } from "./format.js";
import { cards } from "./kpis.js";
import { costs, costTable, revenue } from "./money.js";
import { movements } from "./movements.js";
import { trend } from "./mrr.js";
import { panel } from "./panel.js";
import * as address from "./state.js";

const POLL = 60000;
const VERSUS = { previous: "The period before", year: "A year ago" };

/** Build the page; `leave(problem)` is called when the session is over. */
export function overview(root, leave) {
  const page = { state: address.read(), run: 0, meta: null, offset: null };
  // The server's clock counts, not this machine's: it is known once /v1/freshness has answered.
  const now = () => Date.now() + page.offset;
  const badge = () => page.meta && page.offset !== null && bar.show(page.meta, now);
  const change = (patch) => {
    Object.assign(page.state, patch);
    address.write(page.state);
    load();
  };
  const bar = topbar(() => signOut().catch(() => null).then(() => leave()));
  const head = heading(change);
  const parts = {
    cards: cards(),
    trend: trend(),
    movements: movements((month) => change({ month })),
    revenue: revenue(),
    costs: costs(),
    providers: panel("Cost by provider", "In the range, beside the range it is compared with", "span-12 low"),
  };
  const banner = h("div", { class: "banner", role: "alert", hidden: true });
  const grid = h("div", { class: "grid" }, ...Object.values(parts).map((part) => part.element));
  const foot = h("footer", { class: "number" });
  root.replaceChildren(bar.element, h("main", { id: "main" }, head.element, banner, grid, foot));
  parts.providers.element.querySelector(".icon-button").remove();

  async function load() {
    const run = (page.run += 1);
    grid.classList.add("is-loading");
    for (const part of Object.values(parts)) part.wait();
    try {
      const newest = await get("/v1/kpis");
      if (run !== page.run) return;
      hideBanner();
      await show(newest, run);
    } catch (problem) {
      if (run === page.run) refuse(problem);
    } finally {
      if (run === page.run) grid.classList.remove("is-loading");
    }
  }

  async function show(newest, run) {
    page.meta = newest.meta;
    badge();
    foot.textContent = `Data as of ${instant(newest.meta.as_of)} · generation ${newest.meta.generation} · days are UTC`;
    if (!newest.data.length) throw Object.assign(new Error("Nothing has happened yet."), { code: "empty" });
    const last = newest.data[0].date;
    const resolved = address.resolve(page.state, last);
    head.show(page.state, resolved, last);
    const { from, to, grain } = resolved;
    const compare = page.state.compare;
    const range = { from, to };
    const asked = {
      summary: get("/v1/kpis/summary", { ...range, compare }),
      periods: all("/v1/kpis", { ...range, grain }),
      days: all("/v1/kpis", { ...range, grain: "day" }),
      months: all("/v1/revenue/mrr"),
      costs: all("/v1/costs/providers", { ...range, grain }),
      providers: get("/v1/costs/providers/summary", { ...range, compare }),
    };
    const month = page.state.month ?? to.slice(0, 7);
    await Promise.all([
      part("cards", run, [asked.summary, asked.periods], (summary, periods) =>
        parts.cards.show(summary.data[0], periods.data, VERSUS[compare])),
      part("trend", run, [asked.days], (days) => parts.trend.show(days.data)),
      part("movements", run, [asked.months], (months) => parts.movements.show(months.data, month)),
      part("revenue", run, [asked.periods], (periods) => parts.revenue.show(periods.data, grain)),
      part("costs", run, [asked.costs, asked.providers], (rows, summary) =>
        parts.costs.show(rows.data, summary.data, grain)),
      part("providers", run, [asked.providers], (summary) =>
        summary.data.length
          ? parts.providers.show({ chart: () => [costTable(summary.data)], table: () => null })
          : parts.providers.empty("No provider was called.")),
    ]);
    announce(`Figures of ${resolved.name} are shown.`);
  }

  async function part(name, run, asked, render) {
    try {
      const answers = await Promise.all(asked);
      if (run === page.run) render(...answers);
    } catch (problem) {
      if (problem.status === 401 || problem.status === 403) throw problem;
      if (run === page.run) parts[name].fail(problem, load);
    }
  }

  function refuse(problem) {
    if (problem.status === 401 || problem.status === 403) return leave(problem);
    for (const each of Object.values(parts)) each.fail(problem, load, true);
    const text = problem.code === "no_generation"
      ? "Nothing is published yet. Run tillhouse refresh, then try again."
      : `${sentence(problem.message)} ${page.meta ? `The figures below are of ${instant(page.meta.as_of)}.` : ""}`;
    banner.replaceChildren(h("span", {}, text), h("button", { class: "button", type: "button", onclick: load }, "Try again"));
    banner.hidden = false;
  }

  function hideBanner() {
    banner.hidden = true;
  }

  async function look() {
    try {
      const { meta } = await get("/v1/freshness");
      page.offset = Date.parse(meta.checked_at) - Date.now();
      badge();
      if (page.meta && meta.generation !== page.meta.generation) offer(meta);
    } catch (problem) {
      if (problem.status === 401) leave(problem);
    }
  }

  function offer(meta) {
    document.querySelector(".toast")?.remove();
    const toast = h("div", { class: "toast", role: "status" }, `New data of ${instant(meta.as_of)}`,
      h("button", { class: "button", type: "button", onclick: () => { toast.remove(); load(); } }, "Show"));
    root.append(toast);
  }

  const timer = setInterval(() => document.hidden || look(), POLL);
  load();
  look();
  return () => clearInterval(timer);
}
