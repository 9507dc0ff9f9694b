import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";

import { CostLogger, type Options, type Trouble } from "../../../examples/nextjs/lib/tillhouse/costLogger.ts";
import { costOf, RateCard, type Rate } from "../../../examples/nextjs/lib/tillhouse/rateCard.ts";
import { AppDatabase } from "./database.ts";
import { client, rejection, seen } from "./reader.ts";

const RATE: Rate = {
  rateId: "r", provider: "P", usdPerCredit: "0.006000000",
  validFrom: "1970-01-01T00:00:00Z", validTo: null, billsFailures: false,
};
const CALL = { videoId: "v1", provider: "KLING_V2", credits: 160 };
const BEFORE = Date.parse("2026-03-03T13:59:59.999Z");

/** A logger whose work a test waits for, and what it complained of. */
function logging(options: Partial<Options> = {}) {
  const database = new AppDatabase();
  const work: Promise<void>[] = [];
  const troubles: string[] = [];
  const onTrouble: Trouble = (what) => troubles.push(what);
  const logger = new CostLogger({
    database, rates: new RateCard(client()), defer: (begin) => work.push(begin()), retryMs: 1_000, onTrouble, ...options,
  });
  return { logger, database, troubles, written: () => Promise.all(work) };
}

function at(context: TestContext, now: number): void {
  context.mock.timers.enable({ apis: ["Date"], now });
}

test("a call is kept at the rate of its instant, to the millisecond", async (context) => {
  const { logger, database, written } = logging();
  at(context, BEFORE);
  assert.equal(await logger.call(CALL, async () => "done"), "done");
  context.mock.timers.setTime(BEFORE + 1);
  await logger.call(CALL, async () => "done");
  await written();
  const rows = database.rows();
  assert.deepEqual(rows.map((row) => row.costUSD), [0.96, 0.832]);
  assert.deepEqual(rows.map((row) => row.timestamp.getTime()), [BEFORE, BEFORE + 1]);
  assert.deepEqual(rows.map((row) => [row.videoId, row.provider, row.credits, row.outcome]), [
    ["v1", "KLING_V2", 160, "SUCCEEDED"], ["v1", "KLING_V2", 160, "SUCCEEDED"],
  ]);
});

test("the instant is that at which the call began", async (context) => {
  const { logger, database, written } = logging();
  at(context, BEFORE);
  await logger.call(CALL, async () => context.mock.timers.setTime(BEFORE + 60_000));
  await written();
  assert.deepEqual(database.rows().map((row) => [row.timestamp.getTime(), row.costUSD]), [[BEFORE, 0.96]]);
});

test("what the provider says it took counts", async () => {
  const { logger, database, troubles, written } = logging();
  await logger.call({ ...CALL, creditsOf: (took: number) => took }, async () => 480);
  await logger.call({ ...CALL, creditsOf: () => { throw new Error("no credits in it"); } }, async () => 480);
  await written();
  assert.deepEqual(database.rows().map((row) => row.credits).sort(), [160, 480]);
  assert.deepEqual(troubles, ["unpriced"]);
});

test("a failed call is marked, kept and thrown on as it was", async () => {
  const { logger, database, written } = logging();
  const failure = new Error("the provider is down");
  assert.equal(await rejection(logger.call(CALL, async () => { throw failure; })), failure);
  await written();
  assert.deepEqual(database.rows().map((row) => [row.outcome, row.credits]), [["FAILED", 160]]);
});

test("calls for a video that failed are free with providers that do not bill failures", async () => {
  const { logger, database, written } = logging();
  for (const provider of ["KLING_V1", "KLING_V2"]) {
    for (const videoId of ["fails", "lives"]) await logger.call({ videoId, provider, credits: 100 }, async () => null);
  }
  await written();
  const costs = () => database.rows().map((row) => [row.provider, row.videoId, row.costUSD]).sort();
  assert.deepEqual(costs().map(([, , cost]) => cost), [0.4, 0.4, 0.52, 0.52]);
  database.setStatus("fails", "FAILED");
  database.setStatus("lives", "COMPLETED");
  for (const videoId of ["fails", "lives"]) await logger.settle(videoId);
  assert.deepEqual(costs(), [
    ["KLING_V1", "fails", 0], ["KLING_V1", "lives", 0.4], ["KLING_V2", "fails", 0.52], ["KLING_V2", "lives", 0.52],
  ]);
  // A further attempt brought it to its end after all.
  database.setStatus("fails", "COMPLETED");
  await logger.settle("fails");
  assert.deepEqual(costs().map(([, , cost]) => cost), [0.4, 0.4, 0.52, 0.52]);
});

test("a database that fails neither fails nor delays the request, and is tried again", async (context) => {
  const rates = new RateCard(client());
  // Read before the clock stands still, which requests need.
  await rates.rateAt(CALL.provider, new Date());
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { logger, database, troubles, written } = logging({ rates });
  database.failures.push(new Error("no connection"), new Error("still none"));
  assert.equal(await logger.call(CALL, async () => "done"), "done");
  await written();
  assert.deepEqual([database.rows().length, logger.waiting, troubles.length], [0, 1, 1]);
  for (const [pause, waiting] of [[999, 1], [1, 1], [1_999, 1], [1, 0]] as const) {
    context.mock.timers.tick(pause);
    await settled();
    assert.equal(logger.waiting, waiting, `${pause} ms later`);
  }
  assert.deepEqual(database.rows().map((row) => row.costUSD), [0.832]);
});

test("a write whose answer was lost is not made twice", async () => {
  const { logger, database, written } = logging();
  const create = database.apiUsageLog.create;
  database.apiUsageLog.create = async (args) => {
    await create(args);
    database.apiUsageLog.create = create;
    throw new Error("the connection broke after the commit");
  };
  await logger.call(CALL, async () => null);
  await written();
  assert.equal(logger.waiting, 1);
  await logger.retry();
  assert.deepEqual([database.rows().length, logger.waiting], [1, 0]);
});

test("so many writes wait at most, and what is given up is said", async () => {
  const { logger, database, troubles, written } = logging({ waiting: 2 });
  for (let n = 0; n < 3; n += 1) database.failures.push(new Error("no connection"));
  for (const credits of [1, 2, 3]) await logger.call({ ...CALL, credits }, async () => null);
  await written();
  assert.deepEqual([logger.waiting, troubles.filter((what) => what === "lost").length], [2, 1]);
  await logger.retry();
  assert.deepEqual(database.rows().map((row) => row.credits).sort(), [2, 3]);
});

test("one row that can never be written does not hold up the others", async () => {
  const { logger, database, written } = logging();
  for (let n = 0; n < 2; n += 1) database.failures.push(new Error("no connection"));
  await logger.call({ ...CALL, credits: 1 }, async () => null);
  await logger.call({ ...CALL, credits: 2 }, async () => null);
  await written();
  database.failures.push(new Error("it is this row"));
  await logger.retry();
  assert.deepEqual([database.rows().length, logger.waiting], [0, 2]);
  await logger.retry();
  assert.equal(database.rows().length, 2);
});

test("without a rate card the row is kept without a cost, and priced later at its own instant", async (context) => {
  const unreachable = new RateCard(client({ url: "http://127.0.0.1:1" }));
  const { logger, database, troubles, written } = logging({ rates: unreachable });
  at(context, BEFORE);
  await logger.call(CALL, async () => null);
  await written();
  assert.deepEqual([database.rows().map((row) => row.costUSD), troubles], [[null], ["unpriced"]]);
  context.mock.timers.setTime(BEFORE + 86_400_000);
  const later = new CostLogger({ database, rates: new RateCard(client()) });
  assert.equal(await later.priceUnpriced(), 1);
  assert.equal(await later.priceUnpriced(), 0);
  assert.deepEqual(database.rows().map((row) => row.costUSD), [0.96]);
});

test("a provider that the card does not know is never priced at nothing", async () => {
  const { logger, database, troubles, written } = logging();
  await logger.call({ ...CALL, provider: "SORA_V9" }, async () => null);
  await written();
  assert.deepEqual(database.rows().map((row) => row.costUSD), [null]);
  assert.deepEqual(troubles, ["unpriced"]);
  assert.equal(await logger.priceUnpriced(), 0);
});

test("outside of a request, where work can't be deferred, the row is written at once", async () => {
  const { logger, database } = logging({ defer: () => { throw new Error("after() outside of a request"); } });
  await logger.call(CALL, async () => null);
  for (let turn = 0; turn < 1_000 && database.rows().length === 0; turn += 1) await settled();
  assert.equal(database.rows().length, 1);
});

test("the card is read once for many calls, again when it is old, and used on when it can't be", async (context) => {
  let broken = false;
  const api = client();
  const rows = api.rows.bind(api);
  api.rows = ((...args: Parameters<typeof rows>) => {
    if (broken) throw new TypeError("fetch failed");
    return rows(...args);
  }) as typeof api.rows;
  let now = 0;
  context.mock.method(performance, "now", () => now);
  const card = new RateCard(api, { maxAgeMs: 1_000 });
  await seen();
  await Promise.all(Array.from({ length: 20 }, () => card.rateAt("KLING_V2", new Date())));
  assert.equal((await seen()).length, 1);
  now = 1_000;
  await card.rateAt("KLING_V2", new Date());
  assert.deepEqual((await seen()).map((one) => one.status), [304]);
  now = 2_000;
  broken = true;
  assert.equal((await card.rateAt("KLING_V2", new Date()))?.usdPerCredit, "0.005200000");
});

test("a rate holds from its instant until just before the next, in microseconds", async () => {
  const card = new RateCard(client());
  const rate = async (text: string) => (await card.rateAt("ODD", new Date(text)))?.rateId ?? null;
  assert.equal(await rate("2026-02-01T00:00:00.000Z"), null);
  assert.equal(await rate("2026-02-01T00:00:00.001Z"), "odd");
  assert.equal(await rate("2026-02-02T11:59:59.999Z"), "odd");
  assert.equal(await rate("2026-02-02T12:00:00.000Z"), null);
});

test("a cost has nine places and no binary fraction on its way", () => {
  assert.equal(costOf(RATE, 160, { videoFailed: false }), "0.960000000");
  assert.equal(costOf(RATE, 160, { videoFailed: true }), "0.000000000");
  assert.equal(costOf({ ...RATE, usdPerCredit: "0.000000001" }, 9_007_199_254_740_991, { videoFailed: false }), "9007199.254740991");
  assert.equal(costOf({ ...RATE, usdPerCredit: "0.0000000005" }, 1, { videoFailed: false }), "0.000000000");
  assert.equal(costOf({ ...RATE, usdPerCredit: "0.0000000005" }, 3, { videoFailed: false }), "0.000000002");
  assert.throws(() => costOf(RATE, 0.5, { videoFailed: false }), RangeError);
});

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
