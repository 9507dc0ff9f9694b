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
            " grr_12m nrr_12m voluntary_churn_usd involuntary_churn_usd admin_churn_usd is_final"
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
}
