/** The figures of an admin dashboard's first screen, in place of its mock data. */

import type { Meta, Row, Tillhouse } from "./client.ts";

export interface AdminFigures {
  readonly meta: Meta;
  /** The newest whole day: MRR, subscribers, active users, open alerts. */
  readonly day: Row<"/v1/kpis">;
  /** The last 30 days as one row; `compare` holds the 30 before. */
  readonly month: Row<"/v1/kpis/summary">;
  /** MRR month by month, oldest first. */
  readonly mrr: readonly Row<"/v1/revenue/mrr">[];
  /** Churn and conversion of the newest month that is over. */
  readonly retention: Row<"/v1/churn/retention"> | null;
  /** What customers hold in credits at the end of the newest day. */
  readonly credits: Row<"/v1/usage/credits">;
  readonly providers: readonly Row<"/v1/costs/providers/summary">[];
  readonly topCustomers: readonly Row<"/v1/customers">[];
  readonly alerts: readonly Row<"/v1/alerts">[];
}

/**
 * Read the figures, all from one generation.
 *
 * `from` is the first month of the MRR chart, `YYYY-MM-01`. Throws a TillhouseError.
 */
export async function adminFigures(tillhouse: Tillhouse, from: string): Promise<AdminFigures> {
  return tillhouse.together(async ({ get }) => {
    const [kpis, summary, mrr, retention, credits, providers, customers, alerts] = await Promise.all([
      get("/v1/kpis"),
      get("/v1/kpis/summary", { compare: "previous" }),
      get("/v1/revenue/mrr", { from }),
      get("/v1/churn/retention", { from }),
      get("/v1/usage/credits", { from, grain: "month" }),
      get("/v1/costs/providers/summary"),
      get("/v1/customers", { sort: "revenue", limit: 10 }),
      get("/v1/alerts", { state: "open" }),
    ]);
    return {
      meta: kpis.meta,
      day: kpis.data[0] ?? {},
      month: summary.data[0] ?? {},
      mrr: mrr.data,
      retention: retention.data.findLast((row) => row.is_final) ?? null,
      credits: credits.data.at(-1) ?? {},
      providers: providers.data,
      topCustomers: customers.data,
      alerts: alerts.data,
    };
  });
}
