"""The tables that the truth knows: keys, columns to compare, rows that may be left out."""

from dataclasses import dataclass
from enum import Enum, auto

from sandbox.truth.movements import AMOUNTS


class ZeroRows(Enum):
    """Whether rows of nothing but zeros and nulls have to be there."""

    MATTER = auto()
    MAY_LEAD = auto()
    MAY_LACK = auto()


@dataclass(frozen=True, slots=True)
class Table:
    """Key and compared columns of a mart; a key's columns are compared by finding the row."""

    key: tuple[str, ...]
    columns: tuple[str, ...]
    zero_rows: ZeroRows = ZeroRows.MATTER


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


TABLES = {
    "agg_mrr_monthly": Table(
        ("month",),
        AMOUNTS
        + _words(
            "customers_opening customers_new customers_reactivated customers_resumed"
            " customers_churned customers_paused customers_closing"
            " arr_usd arpa_usd quick_ratio is_final"
        ),
        ZeroRows.MAY_LEAD,
    ),
    "agg_retention_monthly": Table(
        ("month",),
        _words(
            "logo_churn_rate gross_mrr_churn_rate net_mrr_churn_rate grr_1m nrr_1m grr_3m nrr_3m"
            " grr_12m nrr_12m voluntary_churn_usd involuntary_churn_usd admin_churn_usd"
            " trial_conversion_rate recovery_rate is_final"
        ),
        ZeroRows.MAY_LEAD,
    ),
    "agg_cash_daily": Table(
        ("date", "currency", "cash_class"),
        _words("transactions amount_minor fee_minor net_minor"),
    ),
    "agg_usage_daily": Table(
        ("date", "provider"),
        _words("videos_requested videos_completed videos_failed credits_used credits_refunded"),
    ),
    "agg_active_users_daily": Table(
        ("date",), _words("dau wau mau stickiness logged_in_30d"), ZeroRows.MAY_LEAD
    ),
    "agg_provider_daily": Table(
        ("date", "provider"),
        _words(
            "calls videos credits cost_usd wasted_cost_usd app_reported_cost_usd variance_usd"
            " cost_per_completed_video_usd internal_cost_usd"
        ),
    ),
    "fct_mrr_movements": Table(
        ("customer_key", "period_type", "period_start"), AMOUNTS, ZeroRows.MAY_LACK
    ),
    "fct_churn_events": Table(("customer_key", "churned_on"), _words("mrr_lost_usd churn_type")),
    "fct_payments": Table(
        ("charge_id",),
        _words(
            "invoice_id customer_key created_at status failure_code currency amount_minor"
            " captured_minor refunded_minor disputed_minor retained_minor"
            " settlement_currency settled_minor fee_minor"
        ),
    ),
    "fct_refunds": Table(
        ("refund_id",),
        _words("charge_id created_at failed_at amount_minor status reason settled_minor"),
    ),
    "fct_disputes": Table(
        ("dispute_id",),
        _words(
            "charge_id created_at amount_minor reason outcome transactions"
            " withdrawn_at reinstated_at disputed_minor settled_minor fee_minor"
        ),
    ),
    "fct_payouts": Table(
        ("payout_id",),
        _words(
            "created_at arrives_at returned_at currency amount_minor automatic status"
            " sent_minor returned_minor"
        ),
    ),
    "fct_invoices": Table(
        ("invoice_id",),
        _words(
            "customer_key subscription_id status created_at finalized_at paid_at voided_at"
            " marked_uncollectible_at currency subtotal_minor discount_minor tax_minor"
            " inclusive_tax_minor total_minor amount_due_minor amount_paid_minor"
            " amount_remaining_minor paid_out_of_band_minor"
        ),
    ),
    "fct_invoice_lines": Table(
        ("invoice_id", "line_id"),
        _words(
            "line_class subscription_id subscription_item_id plan_key period_started_at"
            " period_ends_at amount_minor discount_minor tax_minor inclusive_tax_minor net_minor"
        ),
    ),
    "rec_stripe_balance": Table(
        ("currency", "date"),
        _words("opening_minor net_minor closing_minor stripe_minor"),
        ZeroRows.MAY_LEAD,
    ),
    "fct_dunning_cases": Table(
        ("invoice_id",),
        _words("customer_key opened_at outcome closed_at attempts is_recovered_in_time"),
    ),
    "fct_trials": Table(
        ("subscription_id",),
        _words("customer_key started_at ends_at first_paid_at is_converted is_mature"),
    ),
    "agg_cohort_retention_monthly": Table(
        ("cohort_month", "age_months"),
        _words("customers_start customers_active mrr_usd mrr_start_usd is_final"),
    ),
}
