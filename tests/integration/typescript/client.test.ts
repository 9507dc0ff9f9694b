import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";

import { TillhouseError } from "../../../examples/nextjs/lib/tillhouse/errors.ts";
import { adminFigures } from "../../../examples/nextjs/lib/tillhouse/figures.ts";
import { client, control, rejection, seen, token, url } from "./reader.ts";

test("an answer has rows with exact decimals as text, and says how fresh it is", async () => {
  const { data, meta, has_more } = await client().get("/v1/kpis");
  assert.equal(data.length, 1);
  assert.match(data[0]?.mrr_usd ?? "", /^\d+\.\d{6}$/);
  assert.equal(meta.unit, "decimal");
  assert.ok(new Date(meta.expected_by) > new Date(meta.as_of));
  assert.equal(has_more, false);
});

test("what has not changed is asked for by its ETag, and is not sent again", async () => {
  const api = client();
  await seen();
  const first = await api.get("/v1/kpis/summary", { compare: "previous" });
  first.data[0]!.mrr_usd = "spoiled by who got it";
  const second = await api.get("/v1/kpis/summary", { compare: "previous" });
  const asked = await seen();
  assert.deepEqual(asked.map((one) => one.status), [200, 304]);
  assert.deepEqual(asked.map((one) => one.ifNoneMatch === null), [true, false]);
  assert.notEqual(second.data[0]?.mrr_usd, first.data[0]?.mrr_usd);
  assert.deepEqual(second.meta, first.meta);
});

test("other parameters are another answer, in whatever order they are given", async () => {
  const api = client();
  await seen();
  await api.get("/v1/customers", { sort: "cash", limit: 3 });
  await api.get("/v1/customers", { limit: 3, sort: "cash", plan: undefined as never });
  await api.get("/v1/customers", { limit: 2, sort: "cash" });
  assert.deepEqual((await seen()).map((one) => one.status), [200, 304, 200]);
});

test("only so many answers are kept, and those that are used longest", async () => {
  const api = client({ keptAnswers: 2 });
  await seen();
  for (const path of ["/v1/kpis", "/v1/plans", "/v1/kpis", "/v1/costs/rates", "/v1/kpis", "/v1/plans"] as const) {
    await api.get(path);
  }
  assert.deepEqual((await seen()).map((one) => one.status), [200, 200, 304, 200, 304, 200]);
});

test("a publication makes every answer new", async () => {
  const api = client();
  const before = await api.get("/v1/kpis");
  await seen();
  const published = await control("publish");
  const after = await api.get("/v1/kpis");
  assert.notEqual(before.meta.generation, published);
  assert.equal(after.meta.generation, published);
  assert.deepEqual((await seen()).map((one) => one.status), [200]);
});

test("all rows come page by page, each once", async () => {
  const api = client();
  const whole = (await api.get("/v1/revenue/invoices", { limit: 1000 })).data;
  await seen();
  const walked = await Array.fromAsync(api.rows("/v1/revenue/invoices", { limit: 5 }));
  assert.ok(whole.length > 10);
  assert.deepEqual(walked, whole);
  assert.equal((await seen()).length, Math.ceil(whole.length / 5));
});

test("a walk stays in its generation while another is published", async () => {
  const api = client();
  const whole = (await api.get("/v1/churn/trials", { limit: 1000 })).data;
  const walked = [];
  for await (const row of api.rows("/v1/churn/trials", { limit: 5 })) {
    if (walked.push(row) === 3) await control("publish");
  }
  assert.deepEqual(walked, whole);
});

test("what belongs together comes from one generation", async () => {
  const api = client();
  let runs = 0;
  const [first, second] = await api.together(async ({ get }) => {
    runs += 1;
    const kpis = await get("/v1/kpis");
    if (runs === 1) await control("publish");
    return [kpis.meta.generation, (await get("/v1/plans")).meta.generation];
  });
  assert.equal(first, second);
  assert.equal(runs, 2);
});

test("it says so when there is no one generation to be had", async () => {
  const api = client();
  const error = await rejection(
    api.together(async ({ get }) => {
      await get("/v1/kpis");
      await control("publish");
      await get("/v1/plans");
    }),
  );
  assert.ok(error instanceof TillhouseError);
  assert.equal(error.code, "generations_differ");
});

test("the first screen is made of what the endpoints say", async () => {
  const api = client();
  const from = "2026-01-01";
  const figures = await adminFigures(api, from);
  assert.equal(figures.day.mrr_usd, (await api.get("/v1/kpis")).data[0]?.mrr_usd);
  assert.deepEqual(figures.mrr, (await api.get("/v1/revenue/mrr", { from })).data);
  assert.ok(figures.mrr.length > 1);
  assert.ok(figures.month.compare !== undefined);
  assert.equal(figures.retention?.is_final, true);
  const newest = (await api.get("/v1/usage/credits", { from: figures.day.date as string })).data.at(-1);
  assert.equal(figures.credits.liability_usd, newest?.liability_usd);
  assert.ok(figures.alerts.length > 0 && figures.alerts.every((alert) => alert.state === "open"));
  assert.ok(figures.topCustomers.length <= 10);
});

test("a wrong parameter is told with its name and the request's id", async () => {
  const error = await rejection(client().get("/v1/kpis", { from: "yesterday" }));
  assert.ok(error instanceof TillhouseError);
  assert.deepEqual([error.status, error.code, error.param], [400, "invalid_parameter", "from"]);
  assert.match(error.requestId ?? "", /^[0-9a-f]{32}$/);
});

test("a wrong token is told, and never shown", async () => {
  const error = await rejection(client({ token: "no-such-key" }).get("/v1/kpis"));
  assert.deepEqual([error["status"], error["code"]], [401, "unauthenticated"]);
  assert.doesNotMatch(inspect(error), /no-such-key/);
});

test("a key in the path stays one part of it", async () => {
  const api = client();
  const [customer] = (await api.get("/v1/customers", { limit: 1 })).data;
  const customer_key = customer?.customer_key as string;
  const one = await api.get("/v1/customers/{customer_key}", { customer_key });
  assert.equal(one.data[0]?.customer_key, customer_key);
  await seen();
  const error = await rejection(api.get("/v1/customers/{customer_key}", { customer_key: "../kpis?limit=1" }));
  assert.equal(error["status"], 404);
  assert.equal((await seen())[0]?.address.includes("?"), false);
});

test("what is no answer of the reader's is told as such", async () => {
  const error = await rejection(client({ url: `${url}/control/proxy` }).get("/v1/kpis"));
  assert.deepEqual([error["status"], error["code"]], [502, "http_502"]);
});

test("no answer within the time limit, and no server, are errors of their own", async () => {
  const late = await rejection(client({ url: `${url}/control/hang`, timeoutMs: 50 }).get("/v1/kpis"));
  assert.deepEqual([late["status"], late["code"]], [null, "timeout"]);
  const nobody = await rejection(client({ url: "http://127.0.0.1:1" }).get("/v1/kpis"));
  assert.deepEqual([nobody["status"], nobody["code"]], [null, "unreachable"]);
});

test("who gives up a request is not told of an error of the reader's", async () => {
  const api = client({ url: `${url}/control/hang` });
  const error = await rejection(api.get("/v1/kpis", {}, { signal: AbortSignal.abort() }));
  assert.equal(error.name, "AbortError");
});

test("after an error the kept answer still counts", async () => {
  const api = client();
  await api.get("/v1/plans");
  await rejection(api.get("/v1/plans", {}, { signal: AbortSignal.abort() }));
  await seen();
  await api.get("/v1/plans");
  assert.deepEqual((await seen()).map((one) => one.status), [304]);
});

test("live updates are passed on until the browser goes away", async () => {
  const browser = new AbortController();
  const api = client();
  const stream = (await api.events(browser.signal)).pipeThrough(new TextDecoderStream());
  const reader = stream.getReader();
  const until = async (event: RegExp): Promise<void> => {
    for (let text = ""; !event.test(text); ) {
      const { done, value } = await reader.read();
      assert.ok(!done, `the stream ended before ${event}`);
      text += value;
    }
  };
  const publication = (generation: string, snapshot: string): RegExp =>
    new RegExp(`event: generation.published\\ndata: .*"generation":"${generation}".*"snapshot":${snapshot}`);
  // Live updates may be a second behind the answers: one published before is then still to come.
  await until(publication((await api.get("/v1/kpis")).meta.generation, "(true|false)"));
  const published = String(await control("publish"));
  await until(publication(published, "false"));
  browser.abort();
  const error = await rejection((async () => { while (!(await reader.read()).done); })());
  assert.equal(error.name, "AbortError");
});

test("who comes back is told what was missed", async () => {
  const browser = new AbortController();
  const stream = (await client().events(browser.signal, "000000-20260101T000000Z")).pipeThrough(new TextDecoderStream());
  let text = "";
  for await (const part of stream) {
    text += part;
    if (/generation.published\ndata: .*\n\n/.test(text)) break;
  }
  assert.match(text, /event: generation.published\ndata: .*"snapshot":false/);
  browser.abort();
});

test("a stream that does not begin is a time limit too", async () => {
  const api = client({ url: `${url}/control/hang`, timeoutMs: 50 });
  const error = await rejection(api.events(new AbortController().signal));
  assert.equal(error["code"], "timeout");
});

test("the token can't be read off the client, and none is made in a browser", () => {
  assert.doesNotMatch(inspect(client(), { showHidden: true, depth: 9 }), new RegExp(token));
  assert.equal(JSON.stringify(client()), "{}");
  Object.assign(globalThis, { document: {} });
  try {
    assert.throws(() => client(), /on the server only/);
  } finally {
    Reflect.deleteProperty(globalThis, "document");
  }
});
