"""What a plan's customers bring, keep and are worth."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sandbox.truth.calendar import last_day_of, month_of, months, months_before
from sandbox.truth.money import AMOUNT_PLACES, ZERO, ratio, round_half_even
from sandbox.truth.movements import Movement, Passage
from sandbox.truth.states import CustomerDay, CustomerHistory

Row = dict[str, Any]
_SIX_MONTHS = 6


def unit_economics(
    histories: Sequence[CustomerHistory],
    monthly: Sequence[Movement],
    margin_by: Sequence[Row],
    margin_of_customers: Sequence[Row],
    span: tuple[date, date],
) -> Iterator[Row]:
    """``agg_unit_economics_monthly``, from MRR at the ends of months and from margin."""
    first, last = span
    gone = {(m.customer_key, m.period_start) for m in monthly if m.passage is Passage.CHURNED}
    margins = {(row["month"], row["value"]): row for row in margin_by if row["dimension"] == "plan"}
    cohorts = _cohorts(histories, margin_of_customers)
    paying = {month: _paying(histories, month, last) for month in months(first, last)}
    keys = {(month, plan) for month, plans in paying.items() for plan in plans}
    keys |= {(next_month, plan) for month, plan in keys for next_month in _next(month, last)}
    keys |= {key for key in margins if key[1] != "unallocated"} | set(cohorts)
    for month, plan in sorted(keys):
        of_plan = paying.get(month, {}).get(plan, {})
        arpa = ratio(sum(of_plan.values(), ZERO), len(of_plan))
        churn = _churn(paying, gone, month, plan)
        kept = _margin(margins, month, plan)
        here = margins.get((month, plan), {})
        began, earned = cohorts.get((month, plan), (0, ZERO))
        yield {
            "month": month,
            "plan_key": plan,
            "customers": len(of_plan),
            "mrr_usd": sum(of_plan.values(), ZERO),
            "arpa_usd": arpa,
            "recognised_revenue_usd": here.get("recognised_revenue_usd", ZERO),
            "gross_margin_usd": here.get("gross_margin_usd", ZERO),
            "gross_margin_pct": kept,
            "churn_rate": churn,
            "ltv_usd": _worth(arpa, kept, churn),
            "cohort_customers": began,
            "cohort_margin_usd": earned,
            "is_final": last_day_of(month) <= last,
        }


def _next(month: date, last: date) -> list[date]:
    following = [one for one in months(month, last) if one > month]
    return following[:1]


def _plans(state: CustomerDay) -> dict[str, Decimal]:
    """Return what a customer pays for each plan."""
    paid: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for subscription in state.subscriptions.values():
        for item in subscription.items.values():
            paid[item.price_id] += item.net_usd
    return {plan: mrr for plan, mrr in paid.items() if mrr}


def _paying(
    histories: Sequence[CustomerHistory], month: date, last: date
) -> dict[str, dict[str, Decimal]]:
    """Return the customers of each plan at the month's end, with their MRR of it."""
    customers: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for history in histories:
        state = history.at_end_of(min(last_day_of(month), last))
        for plan, mrr in _plans(state).items():
            customers[plan][history.customer_key] = mrr
    return dict(customers)


def _churn(
    paying: dict[date, dict[str, dict[str, Decimal]]],
    gone: set[tuple[str, date]],
    month: date,
    plan: str,
) -> Decimal | None:
    opening = lost = 0
    for back in range(_SIX_MONTHS):
        one = months_before(month, back)
        before = paying.get(months_before(one, 1), {}).get(plan, {})
        opening += len(before)
        lost += sum(1 for customer in before if (customer, one) in gone)
    return ratio(lost, opening)


def _margin(margins: dict[tuple[date, str], Row], month: date, plan: str) -> Decimal | None:
    rows = [margins.get((months_before(month, back), plan), {}) for back in range(_SIX_MONTHS)]
    revenue = sum((row.get("recognised_revenue_usd", ZERO) for row in rows), ZERO)
    margin = sum((row.get("gross_margin_usd", ZERO) for row in rows), ZERO)
    return ratio(margin, revenue) if revenue > 0 else None


def _worth(arpa: Decimal | None, kept: Decimal | None, churn: Decimal | None) -> Decimal | None:
    if arpa is None or kept is None or not churn:
        return None
    return round_half_even(Fraction(arpa) * Fraction(kept) / Fraction(churn), AMOUNT_PLACES)


def _cohorts(
    histories: Sequence[CustomerHistory], margin_of_customers: Sequence[Row]
) -> dict[tuple[date, str], tuple[int, Decimal]]:
    """Who began in which month with which plan, and what they have brought since."""
    earned: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for row in margin_of_customers:
        earned[row["customer_key"]] += row["gross_margin_usd"]
    cohorts: dict[tuple[date, str], tuple[int, Decimal]] = {}
    for history in histories:
        began = history.first_earning_day
        if began is not None:
            plans = _plans(history.at_end_of(began))
            key = month_of(began), min(plans, key=lambda plan: (-plans[plan], plan))
            count, so_far = cohorts.get(key, (0, ZERO))
            cohorts[key] = count + 1, so_far + earned[history.customer_key]
    return cohorts
