"""The truth: what the marts must say, told from what happened in the company.

Slow and obvious on purpose. Every customer's state is told again from its first fact for the end
of every day on which anything could have changed, in exact fractions, and every figure is a sum
over those states. It reads :mod:`sandbox.ledger` alone, and shares neither code nor formula with
the simulation's billing, with the rendered objects or with the SQL that it judges.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime

from sandbox.ledger import Fact
from sandbox.truth.compare import Difference, compare, compare_table, render
from sandbox.truth.oracle import Oracle, Row
from sandbox.truth.policies import OURS, Policies
from sandbox.truth.tables import TABLES, Table, ZeroRows

__all__ = [
    "OURS",
    "TABLES",
    "Difference",
    "Policies",
    "Table",
    "ZeroRows",
    "compare",
    "compare_table",
    "expected",
    "render",
]


def expected(
    ledger: Iterable[Fact],
    as_of: datetime,
    tables: Collection[str] | None = None,
    *,
    pulls: Sequence[datetime] = (),
    policies: Policies = OURS,
) -> dict[str, list[Row]]:
    """Compute the rows that the marts must hold.

    Args:
        ledger: the company's facts in time order; those after ``as_of`` are not known.
        as_of: now, aware. Series run to yesterday; a month that is not over shows yesterday's
            end with ``is_final`` false.
        tables: names among :data:`TABLES`; None means all.
        pulls: when the application was read before ``as_of``. It matters for users deleted
            before the first reading (they are unknown) and for ``logged_in_30d``.
        policies: other decisions than the contract's, to see that they matter.

    Returns:
        Rows by table, in key order, with the contract's column names; ``date``,
        ``datetime``, ``int``, ``bool``, ``str``, ``Decimal`` or None.

    Raises:
        KeyError: a table the truth does not know.
        LookupError: a currency or a provider without a rate.
    """
    oracle = Oracle(ledger, as_of, pulls, policies)
    rows_of: dict[str, Callable[[], list[Row]]] = {
        "agg_mrr_monthly": oracle.mrr_monthly,
        "agg_retention_monthly": oracle.retention_monthly,
        "agg_cash_daily": oracle.cash_daily,
        "agg_usage_daily": oracle.usage_daily,
        "agg_active_users_daily": oracle.active_users_daily,
        "agg_provider_daily": oracle.provider_daily,
        "fct_mrr_movements": oracle.mrr_movements,
        "fct_churn_events": oracle.churn_events,
        "fct_payments": oracle.payments,
        "fct_refunds": oracle.refunds,
        "fct_disputes": oracle.disputes,
        "fct_payouts": oracle.payouts,
        "fct_invoices": oracle.invoices,
        "fct_invoice_lines": oracle.invoice_lines,
        "rec_stripe_balance": oracle.stripe_balance,
        "fct_dunning_cases": oracle.dunning_cases,
        "fct_trials": oracle.trials,
        "agg_cohort_retention_monthly": oracle.cohort_retention,
        "fct_credit_entries": oracle.credit_entries,
        "fct_credit_lots": oracle.credit_lots,
        "fct_credit_allocations": oracle.credit_allocations,
        "agg_credit_liability_daily": oracle.credit_liability_daily,
        "fct_revenue_recognition_days": oracle.revenue_recognition_days,
        "rec_revenue_recognition": oracle.revenue_recognition,
        "agg_revenue_monthly": oracle.revenue_monthly,
        "fct_customer_margin_months": oracle.customer_margin_months,
        "agg_margin_monthly": oracle.margin_monthly,
        "agg_unit_economics_monthly": oracle.unit_economics,
        "agg_kpis_daily": oracle.kpis_daily,
    }
    return {name: rows_of[name]() for name in (TABLES if tables is None else tables)}
