// What is best read as a table, and only that.

import { get } from "../api.js";
import { h } from "../dom.js";
import { count, sentence } from "../format.js";
import { table } from "../table.js";

/** A table of rows; `foot`: the row that sums them up. */
export function rows(caption, columns, given, { foot, tools, note } = {}) {
  return given.length ? { table: () => table(caption, columns, given, foot), tools, note } : null;
}

/** A table of a list's first page; a button fetches the next one. */
export function paged(caption, columns, answer, [path, parameters], more = {}) {
  if (!answer.data.length) return null;
  const box = h("div", { class: "paged" });
  const draw = () => {
    const { data, has_more: hasMore } = answer;
    const next = h("button", { class: "button", type: "button", onclick: () => fetchNext(next) }, `Show more than ${count(data.length)}`);
    box.replaceChildren(table(caption, columns, data), ...(hasMore ? [next] : []));
  };
  const fetchNext = async (button) => {
    button.disabled = true;
    try {
      const page = await get(path, { ...parameters, cursor: answer.next_cursor });
      answer.data.push(...page.data);
      Object.assign(answer, { has_more: page.has_more, next_cursor: page.next_cursor });
      draw();
    } catch (problem) {
      button.disabled = false;
      button.textContent = `${sentence(problem.message)} Try again`;
    }
  };
  draw();
  return { ...more, table: () => box };
}
