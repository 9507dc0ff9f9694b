"""What of the past anybody can still know who reads Stripe for the first time."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sandbox.ledger import (
    CancelRequested,
    CancelRescinded,
    DiscountApplied,
    DiscountEnded,
    Fact,
    InvoiceFinalised,
)

#: How long Stripe keeps events; of what is older only the objects tell.
EVENTS_LAST = timedelta(days=30)


def known_facts(facts: Sequence[Fact], first_pull: datetime) -> list[Fact]:
    """Leave out what has left no trace.

    A wish to cancel that was taken back, and a discount that was over before it met a bill, are on
    no object any more: only their events told of them.
    """
    forgotten = _forgotten_discounts(facts, first_pull - EVENTS_LAST)
    wishes = _forgotten_wishes(facts, first_pull - EVENTS_LAST)
    return [
        fact
        for fact in facts
        if id(fact) not in wishes
        and not (
            isinstance(fact, DiscountApplied | DiscountEnded) and fact.discount_id in forgotten
        )
    ]


def _forgotten_wishes(facts: Sequence[Fact], events_reach: datetime) -> set[int]:
    """Return which facts (by identity) are wishes, and their ends, that no event tells of."""
    forgotten: set[int] = set()
    asked: dict[str, Fact] = {}
    for fact in facts:
        if isinstance(fact, CancelRequested):
            asked[fact.subscription_id] = fact
        elif isinstance(fact, CancelRescinded) and fact.at < events_reach:
            forgotten |= {id(asked[fact.subscription_id]), id(fact)}
    return forgotten


def _forgotten_discounts(facts: Sequence[Fact], events_reach: datetime) -> set[str]:
    over = {
        fact.discount_id
        for fact in facts
        if isinstance(fact, DiscountEnded) and fact.at < events_reach
    }
    billed = {
        discount_id
        for fact in facts
        if isinstance(fact, InvoiceFinalised)
        for line in fact.bill.lines
        for discount_id, _ in line.discounts
    }
    return over - billed
