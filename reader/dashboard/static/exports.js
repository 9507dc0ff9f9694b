// Files: a panel's rows as CSV, everything of a period as a ZIP, the page on paper.

import { ONE, raw } from "./api.js";
import { dialog } from "./dialog.js";
import { h } from "./dom.js";
import { sentence } from "./format.js";
import { toast } from "./toast.js";

/** Save all pages of a question as one CSV file, named by the reader after its generation. */
export async function saveCsv(title, [path, parameters, form]) {
  const pages = [];
  let name = null;
  let next = { path, parameters: { ...(form === ONE ? {} : { limit: 1000 }), ...parameters, format: "csv" } };
  while (next) {
    const response = await raw(next.path, next.parameters);
    const text = await response.text();
    name ??= fileName(response, `${title}.csv`);
    pages.push(pages.length ? text.slice(text.indexOf("\n") + 1) : text);
    const link = parameters.limit ? null : response.headers.get("Link");
    next = link ? { path: link.match(/<([^>]+)>/)[1], parameters: {} } : null;
  }
  save(new Blob(pages, { type: "text/csv" }), name);
}

/** Ask in which form the period is wanted, and save it. */
export function exportDialog({ from, to }, words) {
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const fetchAs = (format) => async ({ target }) => {
    target.disabled = true;
    try {
      const response = await raw("/v1/export.zip", { from, to, format });
      save(await response.blob(), fileName(response, `tillhouse-${from}-${to}.zip`));
      box.close();
    } catch (error) {
      problem.textContent = sentence(error.message);
      problem.hidden = false;
    } finally {
      target.disabled = false;
    }
  };
  const print = () => {
    box.close();
    window.print();
  };
  const button = (name, onclick) => h("button", { class: "button", type: "button", onclick }, name);
  const box = dialog("Save the period", "box", [
    h("p", {}, `Every published table of ${words} in one ZIP, with a manifest that names the generation and each file’s checksum.`),
    problem,
    h("div", { class: "buttons" }, button("CSV files", fetchAs("csv")), button("Parquet files", fetchAs("parquet")), button("Print this screen", print)),
  ]);
}

/** Save, and say it where it fails. */
export function saving(promise) {
  return promise.catch((problem) => toast(`Not saved: ${sentence(problem.message)}`, null, { isAlert: true }));
}

function fileName(response, otherwise) {
  return response.headers.get("Content-Disposition")?.match(/filename="([^"]+)"/)?.[1] ?? otherwise;
}

function save(blob, name) {
  const url = URL.createObjectURL(blob);
  h("a", { href: url, download: name }).click();
  // The download has begun by then; the bytes must not stay in memory.
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}
