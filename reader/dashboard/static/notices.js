// The notification centre: alerts and news; which of them were read is kept in this browser.

import { all } from "./api.js";
import { dialog } from "./dialog.js";
import { h } from "./dom.js";
import { count, instant, minor, words } from "./format.js";
import { mark } from "./marks.js";
import { refusal } from "./panel.js";
import { recall, remember } from "./storage.js";

const KEPT = 500;

/** acts: {unread(number)}: told how many are unread. A notice: {id, at, state, text, detail}. */
export function noticeCentre(acts) {
  const read = new Set((recall("read") ?? "").split("\n"));
  const notices = new Map();
  let failure = null;
  const unread = () => [...notices.values()].filter(({ id }) => !read.has(id));
  const told = () => acts.unread(unread().length);
  const setRead = (ids) => {
    for (const id of ids) read.add(id);
    remember("read", [...read].slice(-KEPT).join("\n"));
    told();
  };
  return {
    /** Add a piece of news; false if it is known already, perhaps in more words. */
    add(notice) {
      if (notices.has(notice.id)) return false;
      notices.set(notice.id, notice);
      told();
      return true;
    },
    /** Fetch the alerts that are open, and those over lately. */
    async load() {
      try {
        const { data } = await all("/v1/alerts", { state: "open" });
        for (const alert of data) notices.set(`alert ${alert.alert_id}`, ofAlert(alert));
        failure = null;
      } catch (problem) {
        failure = problem;
      }
      told();
    },
    open() {
      const list = h("div", {});
      const box = dialog("Notifications", "drawer", list);
      const draw = () => list.replaceChildren(...contents([...notices.values()], read, failure, () => this.load().then(draw), (ids) => {
        setRead(ids);
        draw();
      }));
      draw();
      return box;
    },
  };
}

function contents(notices, read, failure, retry, setRead) {
  if (failure) return [refusal(failure, retry)];
  if (!notices.length) return [h("div", { class: "message" }, h("strong", {}, "Nothing to tell"), "Alerts and new data are told here as they happen.")];
  const sorted = notices.toSorted((a, b) => b.at.localeCompare(a.at));
  const waiting = sorted.filter(({ id }) => !read.has(id)).map(({ id }) => id);
  const line = ({ id, at, state, text, detail }) =>
    h("li", { class: read.has(id) ? "notice" : "notice is-unread" },
      h("div", {}, mark(state, text), detail ? h("p", { class: "fine" }, detail) : null, h("p", { class: "fine number" }, instant(at))),
      read.has(id) ? null : h("button", { class: "button small", type: "button", onclick: () => setRead([id]) }, "Read"));
  return [
    h("div", { class: "notice-head" }, h("span", {}, waiting.length ? `${count(waiting.length)} unread` : "All read"),
      waiting.length ? h("button", { class: "button small", type: "button", onclick: () => setRead(waiting) }, "Mark all as read") : null),
    h("ul", { class: "notices" }, ...sorted.map(line)),
  ];
}

/** An alert as a notice; one that is over is another piece of news than one that began. */
export function ofAlert({ alert_id: id, type, severity, message, subject, raised_at: raised, resolved_at: resolved }) {
  const text = message || words(type.toLowerCase());
  if (resolved) return { id: `over ${id}`, at: resolved, state: "resolved", text: `Over: ${text}`, detail: subject };
  return { id: `alert ${id}`, at: raised, state: severity.toLowerCase(), text, detail: subject };
}

/** A published generation as a notice. */
export function ofGeneration({ generation, as_of: asOf, published_at: at }) {
  return { id: `generation ${generation}`, at, state: "passed", text: `New data of ${instant(asOf)}`, detail: generation };
}

/** Payments of the last hour, in words; provisional, because no mart has them yet. */
export function paymentsInWords({ payments }) {
  const each = payments.map(({ currency, count: number, amount_minor: sum }) => `${count(number)} for ${minor(sum, currency)}`);
  return each.length ? `In the last hour, not in the figures yet: ${each.join(", ")}` : "";
}
