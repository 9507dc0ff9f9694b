import { timingSafeEqual } from "node:crypto";

import { costLogger } from "@/lib/tillhouse/server";

export const dynamic = "force-dynamic";

/** Price the calls that were written without a cost; a scheduler calls this with CRON_SECRET. */
export async function POST(request: Request): Promise<Response> {
  if (!isScheduler(request)) return new Response(null, { status: 401 });
  return Response.json({ priced: await costLogger().priceUnpriced() });
}

function isScheduler(request: Request): boolean {
  const expected = Buffer.from(`Bearer ${process.env.CRON_SECRET ?? ""}`);
  const given = Buffer.from(request.headers.get("authorization") ?? "");
  return Boolean(process.env.CRON_SECRET) && given.length === expected.length && timingSafeEqual(given, expected);
}
