"""The monthly tables: the MRR roll-forward, and retention."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sandbox.truth.calendar import last_day_of, month_of, months, months_before
from sandbox.truth.churn import Churn
from sandbox.truth.money import ZERO, ratio
from sandbox.truth.movements import AMOUNTS, Movement, Passage
from sandbox.truth.states import CustomerHistory

Row = dict[str, Any]

_KIND_OF_CHURN = {
    "voluntary": "voluntary_churn_usd",
    "to_free": "voluntary_churn_usd",
    "involuntary_payment": "involuntary_churn_usd",
    "involuntary_dispute": "involuntary_churn_usd",
    "admin": "admin_churn_usd",
}


def mrr_monthly(monthly: Sequence[Movement], first: date, last: date) -> Iterator[Row]:
    """``agg_mrr_monthly``: every month's movements summed, and its customers counted."""
    for month in months(first, last):
        of_month = [movement for movement in monthly if movement.period_start == month]
        amounts: Row = {name: _sum(of_month, name) for name in AMOUNTS}
        opening = sum(1 for movement in of_month if movement.opening_usd)
        closing = sum(1 for movement in of_month if movement.closing_usd)
        growth = amounts["new_usd"] + amounts["expansion_usd"] + amounts["reactivation_usd"]
        yield {
            "month": month,
            **amounts,
            "customers_opening": opening,
            "customers_new": _count(of_month, Passage.NEW),
            "customers_reactivated": _count(of_month, Passage.REACTIVATED),
            "customers_resumed": _count(of_month, Passage.RESUMED),
            "customers_churned": _count(of_month, Passage.CHURNED),
            "customers_paused": _count(of_month, Passage.PAUSED),
            "customers_closing": closing,
            "arr_usd": 12 * amounts["closing_usd"],
            "arpa_usd": ratio(amounts["closing_usd"], closing),
            "quick_ratio": ratio(growth, amounts["contraction_usd"] + amounts["churn_usd"]),
            "is_final": last_day_of(month) <= last,
        }


def retention_monthly(
    histories: Sequence[CustomerHistory],
    monthly: Sequence[Movement],
    churned: Sequence[Churn],
    rates: Mapping[date, Row],
    first: date,
    last: date,
) -> Iterator[Row]:
    """``agg_retention_monthly``: what share of customers and MRR stayed, and who left why.

    ``rates`` are those of trials and failed payments, by month.
    """
    for month in months(first, last):
        of_month = [movement for movement in monthly if movement.period_start == month]
        opening = _sum(of_month, "opening_usd")
        lost = _sum(of_month, "contraction_usd") + _sum(of_month, "churn_usd")
        won = _sum(of_month, "expansion_usd") + _sum(of_month, "reactivation_usd")
        customers = sum(1 for movement in of_month if movement.opening_usd)
        yield {
            "month": month,
            "logo_churn_rate": ratio(_count(of_month, Passage.CHURNED), customers),
            "gross_mrr_churn_rate": ratio(lost, opening),
            "net_mrr_churn_rate": ratio(lost - won, opening),
            **_retained(histories, month, last, 1),
            **_retained(histories, month, last, 3),
            **_retained(histories, month, last, 12),
            **_churn_by_kind(of_month, churned),
            **rates[month],
            "is_final": last_day_of(month) <= last,
        }


def _retained(histories: Sequence[CustomerHistory], month: date, last: date, k: int) -> Row:
    """Compare each customer's MRR now with its MRR ``k`` months ago, if it had any then."""
    then_day = last_day_of(months_before(month, k))
    now_day = min(last_day_of(month), last)
    base, kept, total = ZERO, ZERO, ZERO
    for history in histories:
        then = history.at_end_of(then_day).mrr
        if then:
            now = history.at_end_of(now_day).mrr
            base, kept, total = base + then, kept + min(now, then), total + now
    return {f"grr_{k}m": ratio(kept, base), f"nrr_{k}m": ratio(total, base)}


def _churn_by_kind(of_month: Sequence[Movement], churned: Sequence[Churn]) -> Row:
    """Give each churned customer's opening MRR to the type of its last event in the month."""
    sums = dict.fromkeys(_KIND_OF_CHURN.values(), ZERO)
    for movement in of_month:
        if movement.passage is Passage.CHURNED:
            last_event = max(
                (
                    event
                    for event in churned
                    if event.customer_key == movement.customer_key
                    and month_of(event.churned_on) == movement.period_start
                ),
                key=lambda event: event.churned_on,
            )
            sums[_KIND_OF_CHURN[last_event.churn_type]] += movement.opening_usd
    return dict(sums)


def _sum(movements: Sequence[Movement], amount: str) -> Decimal:
    return sum((getattr(movement, amount) for movement in movements), ZERO)


def _count(movements: Sequence[Movement], passage: Passage) -> int:
    return sum(1 for movement in movements if movement.passage is passage)
