"""Movements of the balance at Stripe, by day, currency and class."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sandbox.ledger import BalanceMovement, Fact
from sandbox.truth.calendar import ONE_DAY, days, utc_day

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


def stripe_balance(
    facts: Sequence[Fact], pulls: Sequence[datetime], first: date, last: date
) -> Iterator[dict[str, Any]]:
    """``rec_stripe_balance``: what every currency's balance was at every day's end.

    Stripe's own figure is known of the day before each reading that found something changed.
    """
    movements = [fact for fact in facts if isinstance(fact, BalanceMovement)]
    read_on = _days_told_by_readings(movements, pulls)
    booked: dict[tuple[str, date], int] = defaultdict(int)
    for movement in movements:
        booked[movement.currency, utc_day(movement.at)] += movement.net_minor
    for currency in sorted({movement.currency for movement in movements}):
        closing = 0
        for day in days(first, last):
            net = booked.get((currency, day), 0)
            closing += net
            yield {
                "currency": currency,
                "date": day,
                "opening_minor": closing - net,
                "net_minor": net,
                "closing_minor": closing,
                "stripe_minor": closing if day in read_on else None,
            }


def _days_told_by_readings(
    movements: Sequence[BalanceMovement], pulls: Sequence[datetime]
) -> set[date]:
    told: set[date] = set()
    before: dict[tuple[str, bool], int] | None = None
    for pull in pulls:
        held: dict[tuple[str, bool], int] = defaultdict(int)
        for movement in movements:
            if movement.at <= pull:
                held[movement.currency, movement.available_on <= pull] += movement.net_minor
        if held != before:
            told.add(utc_day(pull) - ONE_DAY)
        before = held
    return told
