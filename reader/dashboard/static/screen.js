// One screen: its panels, each asking and failing on its own, so that one leaves the others standing.

import { cards } from "./cards.js";
import { h } from "./dom.js";
import { panel } from "./panel.js";

/**
 * Make the panels of a screen. acts: {tables: () → Set, onTable(id, isTable), open(metric, period),
 * save(title, question)}.
 */
export function screenOf(spec, acts) {
  const parts = spec.panels.map((each) => part(each, acts));
  const grid = h("div", { class: "grid", data: { screen: spec.id } }, ...parts.map(({ made }) => made.element));
  return {
    element: grid,
    wait() {
      grid.classList.add("is-loading");
      for (const { made } of parts) made.wait();
    },
    rest: () => grid.classList.remove("is-loading"),
    /** Ask and show everything; `isCurrent()`: whether the answers are still wanted. */
    async load(context, ask, isCurrent, retry) {
      await Promise.all(parts.map((each) => each.load(context, ask, isCurrent, retry)));
    },
    fail(problem, retry) {
      for (const { made } of parts) made.fail(problem, retry, true);
    },
  };
}

function part(spec, acts) {
  let questions = [];
  const own = {
    isTable: () => acts.tables().has(spec.id),
    onTable: (isTable) => acts.onTable(spec.id, isTable),
    open: acts.open,
    save: () => acts.save(spec.title, questions[0]),
  };
  const made = spec.kind === "cards" ? cards(spec, own) : panel(spec, own);
  const load = async (context, ask, isCurrent, retry) => {
    try {
      questions = spec.asks(context);
      const answers = await Promise.all(questions.map(ask));
      if (!isCurrent()) return;
      if (spec.kind === "cards") await made.show(spec.figures(...answers, context));
      else await made.show(spec.show(...answers, context, questions));
    } catch (problem) {
      if (problem.status === 401) throw problem;
      // What is no answer of the API's is a mistake of ours: the page says so, the console says where.
      if (problem.status === undefined) console.error(problem);
      if (isCurrent()) made.fail(problem, retry);
    }
  };
  return { made, load };
}
