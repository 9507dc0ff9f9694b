"""The tables that the truth knows: keys, columns to compare, rows that may be left out."""

from dataclasses import dataclass
from enum import Enum, auto

from sandbox.truth.definitions import CAUSES
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


MARGIN = _words(
    "recognised_revenue_usd net_cash_usd stripe_fees_usd dispute_loss_usd provider_cost_usd"
    " gross_margin_usd gross_margin_pct is_final"
)

TABLES = {
    "agg_mrr_monthly": Table(
        ("month",),
        AMOUNTS
        + _words(
            "customers_opening customers_new customers_reactivated customers_resumed"
            " customers_churned customers_paused customers_closing"
            " arr_usd arpa_usd quick_ratio committed_mrr_usd at_risk_mrr_usd is_final"
        ),
        ZeroRows.MAY_LEAD,
    ),
    "fct_mrr_by_definition": Table(
        ("month", "definition"),
        ("mrr_usd", "ours_usd", *(f"gap_{cause}_usd" for cause in CAUSES), "customers", "is_final"),
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
    "fct_balance_transactions": Table(
        ("balance_transaction_id",),
        _words(
            "created_at available_on currency amount_minor fee_minor net_minor reporting_category"
            " type source_id paid_out_by"
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
    "rec_invoices": Table(
        ("invoice_id",),
        _words(
            "customer_key status currency subtotal_minor lines_minor discount_minor tax_minor"
            " total_minor amount_due_minor amount_paid_minor amount_remaining_minor charges_minor"
            " paid_out_of_band_minor total_gap_minor lines_gap_minor due_gap_minor cash_gap_minor"
            " is_reconciled"
        ),
    ),
    "rec_payouts": Table(
        ("payout_id",),
        _words(
            "created_at currency automatic status amount_minor sent_minor returned_minor"
            " available_minor left_minor is_reconciled paid_out_minor transactions"
        ),
    ),
    "rec_stripe_balance": Table(
        ("currency", "date"),
        _words("opening_minor net_minor closing_minor stripe_minor"),
        ZeroRows.MAY_LEAD,
    ),
    "fct_subscription_events": Table(
        ("subscription_id", "event_seq"),
        _words(
            "event_type occurred_at customer_key is_internal from_plan_key to_plan_key"
            " list_mrr_before_usd list_mrr_after_usd reason feedback"
        ),
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
    "fct_credit_entries": Table(
        ("entry_id",), _words("customer_key user_id type credits lot_id video_id is_added")
    ),
    "fct_credit_lots": Table(
        ("lot_id",),
        _words(
            "customer_key user_id kind credits used expired clawed_back remaining unit_price_usd"
            " liability_usd"
        ),
    ),
    "fct_credit_allocations": Table(("entry_id", "lot_id", "movement"), ("credits",)),
    "agg_credit_liability_daily": Table(
        ("date",),
        _words("credits_paid_outstanding credits_free_outstanding liability_usd cost_exposure_usd"),
        ZeroRows.MAY_LEAD,
    ),
    "fct_revenue_recognition_days": Table(
        ("source_object_id", "date"),
        _words("stream recognised_usd contra_usd method customer_key plan_key is_internal"),
    ),
    "rec_revenue_recognition": Table(
        ("source_object_id",),
        _words("line_usd recognised_usd deferred_usd cleared_usd contra_usd"),
    ),
    "agg_revenue_monthly": Table(
        ("month",),
        _words(
            "billed_usd recognised_usd recognised_subscription_usd recognised_pack_usd"
            " recognised_other_usd contra_usd deferred_cleared_usd refunds_usd disputes_usd"
            " stripe_fees_usd net_cash_usd recognised_revenue_usd deferred_opening_usd"
            " deferred_closing_usd is_final"
        ),
        ZeroRows.MAY_LEAD,
    ),
    "fct_customer_margin_months": Table(("customer_key", "month"), MARGIN),
    "agg_margin_monthly": Table(("month", "dimension", "value"), MARGIN, ZeroRows.MAY_LACK),
    "agg_unit_economics_monthly": Table(
        ("month", "plan_key"),
        _words(
            "customers mrr_usd arpa_usd recognised_revenue_usd gross_margin_usd gross_margin_pct"
            " churn_rate ltv_usd cohort_customers cohort_margin_usd is_final"
        ),
        ZeroRows.MAY_LACK,
    ),
    "agg_kpis_daily": Table(
        ("date",), _words("recognised_revenue_usd gross_margin_usd"), ZeroRows.MAY_LEAD
    ),
}
