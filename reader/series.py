"""What the API serves as series: the columns of each, and how each is drawn together.

This is the one list. A column that a published table has beyond it is not served; one that the
published table lacks is left out.
"""

from __future__ import annotations

from reader.columns import Column, Kind, Series


def _money(kind: Kind, *names: str) -> tuple[Column, ...]:
    return tuple(Column(name, kind, "decimal") for name in names)


def _counts(kind: Kind, *names: str) -> tuple[Column, ...]:
    return tuple(Column(name, kind, "integer") for name in names)


def _key(name: str) -> Column:
    return Column(name, Kind.KEY, "text")


def _cost_ratio(name: str, numerator: str, denominator: str) -> Column:
    return Column(name, Kind.RATIO, "decimal", numerator, denominator, places=9)


_MRR = (
    *_money(Kind.STATE, "mrr_usd", "arr_usd"),
    *_counts(Kind.STATE, "paying_customers"),
    *_money(
        Kind.FLOW,
        "new_mrr_usd",
        "expansion_mrr_usd",
        "reactivation_mrr_usd",
        "contraction_mrr_usd",
        "churn_mrr_usd",
    ),
)

KPIS = Series(
    "agg_kpis_daily",
    "date",
    (
        *_MRR,
        *_money(
            Kind.FLOW,
            "gross_volume_usd",
            "refunds_usd",
            "disputes_usd",
            "stripe_fees_usd",
            "net_volume_usd",
            "recognised_revenue_usd",
        ),
        *_counts(Kind.STATE, "dau", "wau", "mau"),
        *_counts(Kind.FLOW, "videos_completed", "videos_failed", "credits_used"),
        *_money(Kind.FLOW, "provider_cost_usd", "gross_margin_usd"),
        *_counts(Kind.STATE, "open_alerts"),
    ),
)

MRR_DAILY = Series("agg_kpis_daily", "date", _MRR)

_AMOUNTS = (
    *_money(Kind.OPENING, "opening_usd"),
    *_money(
        Kind.FLOW,
        "new_usd",
        "expansion_usd",
        "reactivation_usd",
        "resumed_usd",
        "contraction_usd",
        "churn_usd",
        "paused_usd",
        "fx_usd",
    ),
    *_money(Kind.STATE, "closing_usd"),
)

_MOVEMENTS = (
    *_AMOUNTS,
    *_counts(Kind.OPENING, "customers_opening"),
    *_counts(
        Kind.FLOW,
        "customers_new",
        "customers_reactivated",
        "customers_resumed",
        "customers_churned",
        "customers_paused",
    ),
    *_counts(Kind.STATE, "customers_closing"),
)

MOVEMENTS_DAILY = Series("fct_mrr_movements", "date", _MOVEMENTS)

_IS_FINAL = Column("is_final", Kind.STATE, "boolean")

MOVEMENTS_MONTHLY = Series("agg_mrr_monthly", "month", (*_MOVEMENTS, _IS_FINAL))

MRR_MONTHLY = Series(
    "agg_mrr_monthly",
    "month",
    (
        *_MOVEMENTS,
        *_money(Kind.STATE, "arr_usd", "arpa_usd", "quick_ratio"),
        *_money(Kind.STATE, "committed_mrr_usd", "at_risk_mrr_usd"),
        _IS_FINAL,
    ),
)

CUSTOMER_MOVEMENTS = Series(
    "fct_mrr_movements",
    "period_start",
    (
        _key("customer_key"),
        *_AMOUNTS,
        Column("primary_movement", Kind.STATE, "text"),
        Column("from_plan_key", Kind.STATE, "text"),
        Column("to_plan_key", Kind.STATE, "text"),
        Column("cause_object_id", Kind.STATE, "text"),
    ),
)

PLANS = Series(
    "fct_mrr_intervals",
    "date",
    (
        _key("plan_key"),
        Column("plan_name", Kind.STATE, "text"),
        *_money(Kind.STATE, "mrr_usd"),
        *_counts(Kind.STATE, "customers"),
    ),
)

CASH = Series(
    "agg_cash_daily",
    "date",
    (
        _key("currency"),
        _key("cash_class"),
        *_counts(Kind.FLOW, "transactions", "amount_minor", "fee_minor", "net_minor"),
        *_money(Kind.FLOW, "amount_usd", "fee_usd", "net_usd"),
    ),
    unit="minor",
)

PROVIDERS = Series(
    "agg_provider_daily",
    "date",
    (
        _key("provider"),
        *_counts(Kind.FLOW, "calls"),
        *_counts(Kind.DISTINCT, "videos", "completed_videos"),
        *_counts(Kind.FLOW, "credits"),
        *_money(Kind.FLOW, "cost_usd", "wasted_cost_usd", "app_reported_cost_usd", "variance_usd"),
        _cost_ratio("cost_per_completed_video_usd", "cost_usd", "completed_videos"),
        *_money(Kind.FLOW, "internal_cost_usd"),
    ),
)

_VIDEO_COUNTS = ("videos_requested", "videos_completed", "videos_failed")

USAGE = Series(
    "agg_usage_daily",
    "date",
    (
        _key("provider"),
        *_counts(Kind.FLOW, *_VIDEO_COUNTS, "credits_used", "credits_refunded"),
    ),
)

ACTIVE_USERS = Series(
    "agg_active_users_daily",
    "date",
    (
        *_counts(Kind.STATE, "dau", "wau", "mau"),
        *_money(Kind.STATE, "stickiness"),
        *_counts(Kind.STATE, "logged_in_30d"),
    ),
)

CREDITS = Series(
    "agg_credit_liability_daily",
    "date",
    (
        *_counts(Kind.STATE, "credits_paid_outstanding", "credits_free_outstanding"),
        *_money(Kind.STATE, "liability_usd", "cost_exposure_usd"),
    ),
)

RECOGNITION = Series(
    "agg_revenue_monthly",
    "month",
    (
        *_money(
            Kind.FLOW,
            "billed_usd",
            "recognised_usd",
            "recognised_subscription_usd",
            "recognised_pack_usd",
            "recognised_other_usd",
            "contra_usd",
            "deferred_cleared_usd",
            "refunds_usd",
            "disputes_usd",
            "stripe_fees_usd",
            "net_cash_usd",
            "recognised_revenue_usd",
        ),
        *_money(Kind.OPENING, "deferred_opening_usd"),
        *_money(Kind.STATE, "deferred_closing_usd"),
        _IS_FINAL,
    ),
)

DEFINITIONS = Series(
    "fct_mrr_by_definition",
    "month",
    (
        _key("definition"),
        *_money(
            Kind.STATE,
            "mrr_usd",
            "ours_usd",
            "gap_awaiting_payment_usd",
            "gap_beyond_grace_usd",
            "gap_paused_usd",
            "gap_coupons_usd",
            "gap_fx_usd",
            "gap_cancellation_usd",
        ),
        *_counts(Kind.STATE, "customers"),
        _IS_FINAL,
    ),
)

RETENTION = Series(
    "agg_retention_monthly",
    "month",
    (
        *_money(
            Kind.STATE,
            "logo_churn_rate",
            "gross_mrr_churn_rate",
            "net_mrr_churn_rate",
            *(f"{kind}_{months}m" for months in (1, 3, 12) for kind in ("grr", "nrr")),
        ),
        *_money(Kind.FLOW, "voluntary_churn_usd", "involuntary_churn_usd", "admin_churn_usd"),
        *_money(Kind.STATE, "trial_conversion_rate", "recovery_rate"),
        _IS_FINAL,
    ),
)

_MARGIN = (
    *_money(
        Kind.FLOW,
        "recognised_revenue_usd",
        "net_cash_usd",
        "stripe_fees_usd",
        "dispute_loss_usd",
        "provider_cost_usd",
        "gross_margin_usd",
    ),
    *_money(Kind.STATE, "gross_margin_pct"),
    _IS_FINAL,
)

MARGIN = Series("agg_margin_monthly", "month", (_key("dimension"), _key("value"), *_MARGIN))

CUSTOMER_MARGIN = Series("fct_customer_margin_months", "month", (_key("customer_key"), *_MARGIN))

FRESHNESS = Series(
    "agg_freshness",
    "source",
    (
        Column("source", Kind.KEY, "text"),
        Column("synced_through", Kind.STATE, "timestamp"),
        Column("loaded_at", Kind.STATE, "timestamp"),
        Column("rows", Kind.STATE, "integer"),
        Column("rows_left_out", Kind.STATE, "integer"),
        Column("expected_every", Kind.STATE, "text"),
        Column("status_at_build", Kind.STATE, "text"),
    ),
)
