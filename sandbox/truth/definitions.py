"""MRR as others define it: our policies, and one departure from them after the other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sandbox.ledger import Fact, SubscriptionFact
from sandbox.truth.calendar import end_of, last_day_of, months
from sandbox.truth.money import ZERO
from sandbox.truth.people import People
from sandbox.truth.policies import Policies
from sandbox.truth.states import earning_items, stories_of_customers
from sandbox.truth.terms import Terms

Row = dict[str, Any]
Stories = Mapping[str, Mapping[str, Sequence[SubscriptionFact]]]

_BEYOND_GRACE: Row = {"grace": timedelta(days=36_500)}
_PAUSED: Row = {"paused_counts": True}
_AWAITING_PAYMENT: Row = {"waits_for_first_payment": False}
_CANCELLATION: Row = {"requests_end_mrr": True}

#: What each decides otherwise, by cause. What has several reasons not to count with us counts with
#: them for the last of these; who asked to leave takes along all that was counted until then.
DEPARTURES: dict[str, dict[str, Row]] = {
    "ours": {},
    "stripe": {
        "beyond_grace": _BEYOND_GRACE,
        "paused": _PAUSED,
        "awaiting_payment": _AWAITING_PAYMENT,
        "cancellation": _CANCELLATION,
    },
    "chartmogul": {"beyond_grace": _BEYOND_GRACE, "paused": _PAUSED},
    "baremetrics": {},
    "profitwell": {"coupons": {"once_coupons_reduce_mrr": True}},
    "paddle": {
        "coupons": {"lasting_coupons_reduce_mrr": False},
        "fx": {"converts_at_rate_of_the_day": True},
        "cancellation": _CANCELLATION,
    },
}
CAUSES = ("awaiting_payment", "beyond_grace", "paused", "coupons", "fx", "cancellation")


def mrr_by_definition(
    facts: Sequence[Fact],
    people: People,
    terms: Terms,
    span: tuple[date, date],
    policies: Policies,
) -> Iterator[Row]:
    """``fct_mrr_by_definition``: each gap is what one more departure makes of the MRR before it."""
    stories = stories_of_customers(facts, people)
    for month in months(*span):
        day = min(last_day_of(month), span[1])
        ours = _mrr_by_customer(stories, terms, day, policies)
        for name, departures in DEPARTURES.items():
            theirs, total, gaps = policies, ours, dict.fromkeys(CAUSES, ZERO)
            for cause, departure in departures.items():
                theirs, before = replace(theirs, **departure), total
                total = _mrr_by_customer(stories, terms, day, theirs)
                gaps[cause] = _sum(total) - _sum(before)
            yield {
                "month": month,
                "definition": name,
                "mrr_usd": _sum(total),
                "ours_usd": _sum(ours),
                **{f"gap_{cause}_usd": gap for cause, gap in gaps.items()},
                "customers": sum(1 for mrr in total.values() if mrr),
                "is_final": day == last_day_of(month),
            }


def _mrr_by_customer(
    stories: Stories, terms: Terms, day: date, policies: Policies
) -> dict[str, Decimal]:
    end_of_day = end_of(day)
    return {
        customer_key: sum(
            (
                item.net_usd
                for story in of_customer.values()
                for item in earning_items(story, terms, end_of_day, policies).values()
            ),
            ZERO,
        )
        for customer_key, of_customer in stories.items()
    }


def _sum(mrr: Mapping[str, Decimal]) -> Decimal:
    return sum(mrr.values(), ZERO)
