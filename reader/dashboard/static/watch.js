// Keeping watch: how late the data is, and whether there is newer; polled, and told as it happens.

import { get } from "./api.js";
import { instant } from "./format.js";
import { follow } from "./live.js";
import { ofAlert, ofGeneration, paymentsInWords } from "./notices.js";
import { toast } from "./toast.js";

const POLL = 60000;

/** acts: {bar, notices, leave(problem), reload(), payments(words)}. Returns {shown(meta), stop()}. */
export function watch({ bar, notices, leave, reload, payments }) {
  const known = { meta: null, offset: null, offered: null };
  // The server's clock counts, not this machine's: it is known once /v1/freshness has answered.
  const now = () => Date.now() + known.offset;
  const badge = () => known.meta && known.offset !== null && bar.show(known.meta, now);

  function offer(meta) {
    if (!known.meta || meta.generation === known.meta.generation || meta.generation === known.offered) return;
    known.offered = meta.generation;
    toast(`New data of ${instant(meta.as_of)}: press R`, { name: "Show", run: reload });
  }

  async function look() {
    try {
      const { meta } = await get("/v1/freshness");
      known.offset = Date.parse(meta.checked_at) - Date.now();
      badge();
      offer(meta);
    } catch (problem) {
      if (problem.status === 401) leave(problem);
    }
  }

  function tell(name, data) {
    if (name === "payments.recent") {
      payments(paymentsInWords(data));
      return;
    }
    if (name === "generation.published") {
      if (!data.snapshot) notices.add(ofGeneration(data));
      offer(data);
      return;
    }
    const isNew = notices.add(ofAlert(data));
    if (!isNew || data.snapshot) return;
    // The event does not say the message, the API does.
    notices.load();
    const what = data.type.toLowerCase().replaceAll("_", " ");
    toast(`${name === "alert.opened" ? "Alert" : "Over"}: ${what}`, { name: "Show", run: () => notices.open() });
  }

  const timer = setInterval(() => document.hidden || look(), POLL);
  const unfollow = follow(tell);
  look();
  notices.load();
  return {
    shown(meta) {
      known.meta = meta;
      badge();
    },
    stop() {
      clearInterval(timer);
      unfollow();
    },
  };
}
