"""Rows that break an identity of the marts: over an account without data, one each is enough."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Break:
    """A row that a table must not have, and the check that says so."""

    check: str
    table: str
    row: str


_LOT = "'lot' as lot_id, 'u1' as user_id, 'pack' as kind, 700 as credits"

BREAKS = (
    Break(
        "assert_provider_cost_is_the_same_from_every_side",
        "fct_videos",
        "'v1' as video_id, 1 as attempts, 5 as provider_cost_usd",
    ),
    Break(
        "assert_provider_cost_is_the_same_from_every_side",
        "fct_provider_usage",
        "'c1' as usage_log_id, 'v1' as video_id, 5 as cost_usd",
    ),
    Break(
        "assert_calls_cost_what_their_days_say",
        "agg_provider_daily",
        "date '2026-01-01' as date, 'LUMA_V1' as provider, 1 as calls, 5 as cost_usd,"
        " 0 as internal_cost_usd",
    ),
    Break(
        "assert_calls_cost_what_their_days_say",
        "fct_provider_usage",
        "'c1' as usage_log_id, timestamptz '2026-01-01 12:00:00+00' as occurred_at, 5 as cost_usd",
    ),
    Break(
        "assert_what_was_billed_is_recognised_deferred_or_cleared",
        "rec_revenue_recognition",
        "'il_1' as source_object_id, 8 as line_usd, 0 as recognised_usd, 7.999999 as deferred_usd,"
        " 0 as cleared_usd, 0 as contra_usd",
    ),
    Break(
        "assert_what_was_billed_is_recognised_deferred_or_cleared",
        "rec_revenue_recognition",
        "'il_1' as source_object_id, 8 as line_usd, 8 as recognised_usd, 0 as deferred_usd,"
        " 0 as cleared_usd, 0 as contra_usd",
    ),
    Break(
        "assert_committed_mrr_of_plans_is_the_total",
        "agg_mrr_monthly",
        "date '2026-01-01' as month, 8 as committed_mrr_usd, false as is_final",
    ),
    Break(
        "assert_deferred_revenue_rolls_forward",
        "agg_revenue_monthly",
        "date '2026-01-01' as month, 8 as billed_usd, 0 as recognised_usd,"
        " 0 as recognised_subscription_usd, 0 as recognised_pack_usd, 0 as recognised_other_usd,"
        " 0 as deferred_cleared_usd, 0 as deferred_opening_usd, 7.999999 as deferred_closing_usd",
    ),
    Break(
        "assert_credits_roll_forward",
        "agg_credit_liability_daily",
        "date '2026-01-01' as date, 700 as credits_paid_outstanding,"
        " 0 as credits_free_outstanding, 0 as liability_usd",
    ),
    Break(
        "assert_credits_roll_forward",
        "fct_credit_entries",
        "'e1' as entry_id, 'u1' as user_id, 'PROMO' as type, 50 as credits",
    ),
    Break(
        "assert_every_use_is_allocated_to_lots",
        "fct_credit_entries",
        "'e1' as entry_id, 'u1' as user_id, 'USAGE' as type, -1 as credits",
    ),
    Break(
        "assert_every_use_is_allocated_to_lots",
        "fct_credit_lots",
        f"{_LOT}, 1 as used, 0 as expired, 0 as clawed_back, 699 as remaining, 8 as price_usd",
    ),
    Break(
        "assert_pack_liability_rolls_forward",
        "agg_credit_liability_daily",
        "date '2026-01-01' as date, 0 as credits_paid_outstanding,"
        " 0 as credits_free_outstanding, 8 as liability_usd",
    ),
    Break(
        "assert_margin_is_the_same_from_every_side",
        "agg_margin_monthly",
        "date '2026-01-01' as month, 'plan' as dimension, 'price_8' as value,"
        " 8 as recognised_revenue_usd, 0 as stripe_fees_usd, 0 as dispute_loss_usd,"
        " 0 as provider_cost_usd, 8 as gross_margin_usd",
    ),
    Break(
        "assert_margin_is_the_same_from_every_side",
        "fct_customer_margin_months",
        "'u1' as customer_key, date '2026-01-01' as month, 8 as recognised_revenue_usd,"
        " 0 as stripe_fees_usd, 0 as dispute_loss_usd, 0 as provider_cost_usd,"
        " 8 as gross_margin_usd",
    ),
    Break(
        "assert_margin_is_the_same_from_every_side",
        "fct_revenue_recognition_days",
        "'il_1' as source_object_id, date '2026-01-01' as date, 8 as recognised_usd,"
        " 0 as contra_usd, false as is_internal",
    ),
)

#: A month in which only internal customers had calls is in no margin, and rightly so.
ONLY_INTERNAL = Break(
    "assert_margin_is_the_same_from_every_side",
    "agg_provider_daily",
    "date '2026-01-01' as date, 'LUMA_V1' as provider, 5 as cost_usd, 5 as internal_cost_usd",
)

#: A video and its entry are each in order; together they disagree.
VIDEO = Break(
    "assert_credits_of_videos_are_those_of_the_ledger",
    "fct_videos",
    "'v1' as video_id, 10 as credits_used, 0 as credits_refunded",
)
ITS_ENTRY = "'e1' as entry_id, 'u1' as user_id, 'USAGE' as type, -9 as credits, 'v1' as video_id"


def insert(table: str, row: str) -> str:
    """Return a statement that adds the row; columns that it lacks are null."""
    names = ", ".join(part.rsplit(" as ", 1)[1] for part in row.split(", "))
    return f"insert into build.{table} ({names}) select {row}"
