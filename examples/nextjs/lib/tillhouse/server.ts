/** The one client and the one cost logger of this server. Next.js refuses this file in a browser. */

import "server-only";

import { after } from "next/server";

import { prisma } from "@/lib/prisma";

import { Tillhouse } from "./client.ts";
import { CostLogger } from "./costLogger.ts";
import { RateCard } from "./rateCard.ts";

interface Services {
  readonly tillhouse: Tillhouse;
  readonly costLogger: CostLogger;
}

// On globalThis, because in development a module is loaded anew with every change; made when first
// used, because a build has no settings.
const shared = globalThis as { tillhouseServices?: Services };

function services(): Services {
  shared.tillhouseServices ??= made();
  return shared.tillhouseServices;
}

function made(): Services {
  const tillhouse = new Tillhouse({ url: setting("TILLHOUSE_URL"), token: setting("TILLHOUSE_TOKEN") });
  const rates = new RateCard(tillhouse);
  return { tillhouse, costLogger: new CostLogger({ database: prisma, rates, defer: after }) };
}

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: see docs/embedding.md`);
  return value;
}

export const tillhouse = (): Tillhouse => services().tillhouse;
export const costLogger = (): CostLogger => services().costLogger;
