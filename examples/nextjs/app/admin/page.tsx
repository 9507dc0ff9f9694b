import { requireAdmin } from "@/lib/auth";
import { formatMoney, formatShare } from "@/lib/tillhouse/decimal";
import { adminFigures } from "@/lib/tillhouse/figures";
import { tillhouse } from "@/lib/tillhouse/server";

import { LiveRefresh } from "./LiveRefresh";

export default async function AdminPage() {
  await requireAdmin();
  const figures = await adminFigures(tillhouse(), twelveMonthsAgo());
  const { day, month, retention, credits } = figures;
  const isLate = new Date(figures.meta.expected_by) < new Date();
  return (
    <main>
      <LiveRefresh />
      <p>
        As of <time dateTime={figures.meta.as_of}>{figures.meta.as_of}</time>
        {isLate && ": the next refresh is late"}
      </p>
      <dl>
        <dt>MRR</dt>
        <dd>{formatMoney(day.mrr_usd)}</dd>
        <dt>Net new MRR, 30 days</dt>
        <dd>{formatMoney(month.net_new_mrr_usd)}</dd>
        <dt>Active subscribers</dt>
        <dd>{day.paying_customers}</dd>
        <dt>Churn of {retention?.month?.slice(0, 7) ?? "no month yet"}</dt>
        <dd>{formatShare(retention?.logo_churn_rate)}</dd>
        <dt>Net revenue, 30 days</dt>
        <dd>{formatMoney(month.net_volume_usd)}</dd>
        <dt>Provider cost, 30 days</dt>
        <dd>{formatMoney(month.provider_cost_usd)}</dd>
        <dt>Owed in credits</dt>
        <dd>{formatMoney(credits.liability_usd)}</dd>
      </dl>
      <h2>Cost by provider, 30 days</h2>
      <ul>
        {figures.providers.map((row) => (
          <li key={row.provider}>
            {row.provider}: {formatMoney(row.cost_usd)} for {row.completed_videos} videos
          </li>
        ))}
      </ul>
    </main>
  );
}

function twelveMonthsAgo(): string {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear() - 1, now.getUTCMonth(), 1)).toISOString().slice(0, 10);
}
