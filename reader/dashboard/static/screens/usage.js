// What do people do with the product, and what do we still owe them?

import { ONE } from "../api.js";
import { COUNT, MONEY, RATE, amount, ratio } from "../cards.js";
import { parse } from "../decimal.js";
import { column } from "../table.js";
import { course } from "../views/course.js";
import { COUNTS, SHARES, USD, of, periods, pivot, seriesOf } from "../views/periods.js";
import { stacked } from "../views/stacked.js";
import { column as figure, ofRange } from "./figures.js";

const whole = (name) => (row) => parse(row?.[name] ?? null);
const stickiness = (row) => ratio(whole("dau")(row), whole("mau")(row));
const failed = (row) => ratio(whole("videos_failed")(row), amount(row, ["videos_failed", "videos_completed"]));

const FIGURES = [
  { id: "dau", label: "Active today", metric: "dau", how: COUNT, better: "up", note: "on the last day", of: figure("dau") },
  { id: "wau", label: "Active in 7 days", metric: "wau", how: COUNT, better: "up", note: "at the end", of: figure("wau") },
  { id: "mau", label: "Active in 30 days", metric: "mau", how: COUNT, better: "up", note: "at the end", of: figure("mau") },
  { id: "stickiness", label: "Stickiness", metric: "dau", how: RATE, better: "up", note: "day by month", of: stickiness },
  { id: "videos", label: "Videos completed", metric: "videos_completed", how: COUNT, better: "up", note: "in the range", of: figure("videos_completed") },
  { id: "failed", label: "Videos failed", metric: "videos_failed", how: RATE, better: "down", note: "of those that ended", of: failed },
  { id: "credits", label: "Credits used", metric: "credits_used", how: COUNT, better: "up", note: "in the range", of: figure("credits_used") },
];

const LIABILITY = { id: "liability", label: "Owed in credits", metric: "liability_usd", how: MONEY, better: "none", note: "packs not used yet", of: figure("liability_usd") };

export const usage = {
  id: "usage",
  key: "u",
  title: "Usage & credits",
  hasRange: true,
  panels: [
    {
      id: "figures",
      kind: "cards",
      title: "Usage figures",
      count: FIGURES.length + 1,
      asks: ({ days, grain, compare }) => [
        ["/v1/kpis/summary", { ...days, compare }, ONE],
        ["/v1/kpis", { ...days, grain }],
        ["/v1/usage/credits", { ...days, grain: "day", compare }],
      ],
      figures: (summary, rows, credits, context) => [
        ...ofRange(FIGURES, summary.data[0], rows.data, context),
        ...ofRange([LIABILITY], credits.data.at(-1), credits.data, context),
      ],
    },
    {
      id: "active",
      title: "Active users",
      note: "Who asked for a video on the day, in 7 days, in 30 days",
      span: 6,
      about: ["dau", "wau", "mau"],
      empty: "Nobody has used it.",
      asks: ({ days }) => [["/v1/usage/active-users", { ...days, grain: "day" }]],
      show: ({ data }, { drill }) =>
        course({
          label: "Active users by day",
          rows: periods(data),
          series: [
            { name: "30 days", short: "Month", fill: "1", of: of("mau") },
            { name: "7 days", short: "Week", fill: "2", of: of("wau") },
            { name: "The day", short: "Day", fill: "4", of: of("dau") },
          ],
          grain: "day",
          how: COUNTS,
          drill: drill("mau"),
          more: [column.percent("Stickiness", "stickiness"), column.count("Logged in, 30 days", "logged_in_30d")],
        }),
    },
    {
      id: "videos",
      title: "Videos",
      note: "Completed, by provider",
      span: 6,
      about: ["videos_completed", "videos_requested"],
      empty: "No video was asked for.",
      asks: ({ days, grain }) => [["/v1/usage/daily", { ...days, grain }]],
      show: ({ data }, { grain, drill }) => byProvider(data, "videos_completed", "Videos completed", grain, drill("videos_completed")),
    },
    {
      id: "failures",
      title: "Failed videos",
      note: "By provider",
      span: 6,
      about: ["videos_failed"],
      empty: "No video has failed.",
      asks: ({ days, grain }) => [["/v1/usage/daily", { ...days, grain }]],
      show: ({ data }, { grain, drill }) => byProvider(data, "videos_failed", "Videos failed", grain, drill("videos_failed")),
    },
    {
      id: "rate",
      title: "Failure rate",
      note: "Failed of those asked for, by provider",
      span: 6,
      about: ["videos_failed", "videos_requested"],
      empty: "No video was asked for.",
      asks: ({ days, grain }) => [["/v1/usage/daily", { ...days, grain }]],
      show: ({ data }, { grain }) => failureRate(data, grain),
    },
    {
      id: "credits",
      title: "Credits used",
      note: "Used above the line, given back for failures below it",
      span: 6,
      about: ["credits_used", "credits_refunded"],
      empty: "No credit was used.",
      asks: ({ days, grain }) => [["/v1/usage/daily", { ...days, grain }]],
      show: ({ data }, { grain, drill }) => creditsUsed(data, grain, drill("credits_used")),
    },
    {
      id: "liability",
      title: "What credits are worth",
      note: "Owed for packs at their price, and what all outstanding credits would cost us",
      span: 6,
      about: ["liability_usd", "cost_exposure_usd"],
      empty: "There are no credits.",
      asks: ({ days }) => [["/v1/usage/credits", { ...days, grain: "day" }]],
      show: ({ data }, { drill }) =>
        course({
          label: "Credit liability and cost exposure by day",
          rows: periods(data),
          series: [
            { name: "Liability for packs", short: "Liability", fill: "1", of: of("liability_usd") },
            { name: "Cost exposure", short: "Exposure", fill: "3", of: of("cost_exposure_usd") },
          ],
          grain: "day",
          how: USD,
          drill: drill("liability_usd"),
          more: [column.count("Pack credits", "credits_paid_outstanding"), column.count("Other credits", "credits_free_outstanding")],
        }),
    },
  ],
};

function byProvider(data, name, label, grain, drill) {
  const rows = pivot(data, "provider", name);
  const hasAny = data.some((row) => row[name] > 0);
  return hasAny ? stacked({ label: `${label} by period and provider`, rows, series: seriesOf(rows), total: "All providers", grain, how: COUNTS, drill }) : null;
}

function failureRate(data, grain) {
  const asked = pivot(data, "provider", "videos_requested");
  const lost = pivot(data, "provider", "videos_failed");
  const names = seriesOf(asked);
  const rows = asked.map((row, n) => ({ ...row, lost: lost[n].of }));
  const series = names.map(({ name, fill }) => ({ name, fill, of: (row) => ratio(row.lost[name] ?? 0n, row.of[name] ?? 0n) }));
  return course({ label: "Failure rate by period and provider", rows, series, grain, how: SHARES });
}

function creditsUsed(data, grain, drill) {
  const rows = pivot(data, "date", "credits_used");
  const back = pivot(data, "date", "credits_refunded");
  const sum = ({ of: amounts }) => Object.values(amounts).reduce((total, each) => total + each, 0n);
  const given = rows.map((row, n) => ({ ...row, used: sum(row), back: sum(back[n]) }));
  return stacked({
    label: "Credits used and given back by period",
    rows: given,
    series: [
      { name: "Used", fill: "1", of: (row) => row.used },
      { name: "Given back", fill: "refunds", of: (row) => row.back, below: true },
    ],
    line: { name: "Net", of: (row) => row.used - row.back },
    grain,
    how: COUNTS,
    drill,
  });
}
