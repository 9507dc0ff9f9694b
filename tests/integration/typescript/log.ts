/** Logs the calls of a file at the instants that it names, into the application's database. */

import { readFileSync } from "node:fs";
import { test } from "node:test";

import { CostLogger } from "../../../examples/nextjs/lib/tillhouse/costLogger.ts";
import { RateCard } from "../../../examples/nextjs/lib/tillhouse/rateCard.ts";
import { AppDatabase } from "./database.ts";
import { client } from "./reader.ts";

interface Made {
  readonly videoId: string;
  readonly provider: string;
  readonly credits: number;
  readonly at: string;
}

test("calls are logged", async (context) => {
  const calls = JSON.parse(readFileSync(process.env["CALLS"] as string, "utf8")) as Made[];
  const database = new AppDatabase(process.env["DATABASE"] as string);
  const work: Promise<void>[] = [];
  const logger = new CostLogger({
    database, rates: new RateCard(client()), defer: (begin) => work.push(begin()),
  });
  context.mock.timers.enable({ apis: ["Date"] });
  for (const { at, ...call } of calls) {
    context.mock.timers.setTime(Date.parse(at));
    await logger.call(call, async () => null);
  }
  await Promise.all(work);
  for (const videoId of new Set(calls.map((call) => call.videoId))) {
    database.setStatus(videoId, videoId.startsWith("fails") ? "FAILED" : "COMPLETED");
    await logger.settle(videoId);
  }
});
