"""Movements of the balance at Stripe, by day, currency and class."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sandbox.ledger import BalanceMovement, Fact
from sandbox.truth.calendar import utc_day

_CLASSES = {
    "sale": ("charge", "charge_failure"),
    "refund": ("refund", "refund_failure", "partial_capture_reversal"),
    "dispute": ("dispute",),
    "dispute_reversal": ("dispute_reversal",),
    "fee": ("fee", "network_cost"),
    "tax": ("tax",),
    "payout": ("payout",),
    "payout_reversal": ("payout_reversal",),
    "reserve": ("connect_reserved_funds", "risk_reserved_funds"),
    "adjustment": (
        "other_adjustment",
        "transfer",
        "transfer_reversal",
        "topup",
        "topup_reversal",
        "platform_earning",
        "platform_earning_refund",
    ),
}


def cash_class(category: str) -> str:
    """Return the class of a reporting category (ruling R5); ``other`` for an unknown one."""
    return next((name for name, members in _CLASSES.items() if category in members), "other")


def cash_daily(facts: Sequence[Fact], last: date) -> Iterator[dict[str, Any]]:
    """``agg_cash_daily``: a row for every day, currency and class in which money moved."""
    moved: dict[tuple[date, str, str], list[BalanceMovement]] = defaultdict(list)
    for fact in facts:
        if isinstance(fact, BalanceMovement) and utc_day(fact.at) <= last:
            moved[utc_day(fact.at), fact.currency, cash_class(fact.category)].append(fact)
    for (day, currency, name), movements in sorted(moved.items()):
        yield {
            "date": day,
            "currency": currency,
            "cash_class": name,
            "transactions": len(movements),
            "amount_minor": sum(movement.amount_minor for movement in movements),
            "fee_minor": sum(movement.fee_minor for movement in movements),
            "net_minor": sum(movement.net_minor for movement in movements),
        }
