"""What moved a customer's MRR between two day ends: the ten amounts of the roll-forward."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sandbox.truth.calendar import ONE_DAY, last_day_of, month_of, months
from sandbox.truth.money import ZERO
from sandbox.truth.pricing import in_usd
from sandbox.truth.states import CustomerDay, CustomerHistory

AMOUNTS = (
    "opening_usd",
    "new_usd",
    "expansion_usd",
    "reactivation_usd",
    "resumed_usd",
    "contraction_usd",
    "churn_usd",
    "paused_usd",
    "fx_usd",
    "closing_usd",
)


class Passage(StrEnum):
    """How a customer began or ceased to earn, if it did."""

    NONE = "none"
    NEW = "new"
    REACTIVATED = "reactivated"
    RESUMED = "resumed"
    CHURNED = "churned"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """What moved between a period's opening and its closing.

    ``closing = opening + new + expansion + reactivation + resumed - contraction - churn - paused
    + fx``; every amount but ``fx_usd`` is at least 0.
    """

    customer_key: str
    period_type: str
    period_start: date
    passage: Passage
    opening_usd: Decimal
    new_usd: Decimal = ZERO
    expansion_usd: Decimal = ZERO
    reactivation_usd: Decimal = ZERO
    resumed_usd: Decimal = ZERO
    contraction_usd: Decimal = ZERO
    churn_usd: Decimal = ZERO
    paused_usd: Decimal = ZERO
    fx_usd: Decimal = ZERO
    closing_usd: Decimal

    @property
    def has_moved(self) -> bool:
        """Whether anything but the opening and the closing is there."""
        return any(getattr(self, amount) for amount in AMOUNTS[1:-1])


def daily_movements(history: CustomerHistory) -> Iterator[Movement]:
    """One movement for every day on which the customer's MRR moved."""
    for day in history.changed_on:
        movement = _between(history, "day", day, day)
        if movement.has_moved:
            yield movement


def monthly_movements(history: CustomerHistory, first: date, last: date) -> Iterator[Movement]:
    """One movement for every month that began or ended with MRR; the last may be unfinished.

    Compared are the two month ends, whatever happened in between.
    """
    for month in months(first, last):
        movement = _between(history, "month", month, min(last_day_of(month), last))
        if movement.opening_usd or movement.closing_usd:
            yield movement


def _between(history: CustomerHistory, period_type: str, first: date, last: date) -> Movement:
    before, after = history.at_end_of(first - ONE_DAY), history.at_end_of(last)
    first_earning = history.first_earning_day
    is_known = first_earning is not None and first_earning < first
    passage = _passage(before, after, is_known=is_known)
    return Movement(
        customer_key=history.customer_key,
        period_type=period_type,
        period_start=first,
        passage=passage,
        opening_usd=before.mrr,
        closing_usd=after.mrr,
        **_amounts(before, after, passage),
    )


def _passage(before: CustomerDay, after: CustomerDay, *, is_known: bool) -> Passage:
    """Tell how the customer began or ceased to earn. ``is_known``: it had MRR once before."""
    if not before.mrr and after.mrr:
        if not is_known:
            return Passage.NEW
        return Passage.RESUMED if before.is_paused else Passage.REACTIVATED
    if before.mrr and not after.mrr:
        return Passage.PAUSED if after.is_paused else Passage.CHURNED
    return Passage.NONE


def _amounts(before: CustomerDay, after: CustomerDay, passage: Passage) -> dict[str, Decimal]:
    match passage:
        case Passage.NEW:
            return {"new_usd": after.mrr}
        case Passage.REACTIVATED:
            return {"reactivation_usd": after.mrr}
        case Passage.CHURNED:
            return {"churn_usd": before.mrr}
        case Passage.PAUSED:
            return {"paused_usd": before.mrr}
        case Passage.RESUMED:
            resumed = _resumed(before, after) or _replaced(before, after) or before.claim
            return {"resumed_usd": resumed} | _up_or_down(after.mrr - resumed)
        case Passage.NONE:
            parts = {
                "paused_usd": _paused(before, after),
                "resumed_usd": _resumed(before, after),
                "fx_usd": _fx(before, after),
            }
            rest = after.mrr - before.mrr + parts["paused_usd"] - parts["resumed_usd"]
            return parts | _up_or_down(rest - parts["fx_usd"])


def _up_or_down(change: Decimal) -> dict[str, Decimal]:
    if change >= 0:
        return {"expansion_usd": change}
    return {"contraction_usd": -change}


def _paused(before: CustomerDay, after: CustomerDay) -> Decimal:
    """Sum what the subscriptions that are paused now earned before."""
    return sum(
        (
            before.subscriptions[name].mrr
            for name, state in after.subscriptions.items()
            if state.is_suspended and name in before.subscriptions
        ),
        ZERO,
    )


def _resumed(before: CustomerDay, after: CustomerDay) -> Decimal:
    """Sum what subscriptions that were paused, and earn again, earned before their pause."""
    return sum(
        (
            state.mrr_before
            for name, state in before.subscriptions.items()
            if state.is_suspended and after.subscriptions[name].mrr
        ),
        ZERO,
    )


def _replaced(before: CustomerDay, after: CustomerDay) -> Decimal:
    """Sum what subscriptions earned before their pause that others now take the place of."""
    return sum(
        (
            state.mrr_before
            for name, state in before.subscriptions.items()
            if state.is_suspended and not after.subscriptions[name].is_suspended
        ),
        ZERO,
    )


def _fx(before: CustomerDay, after: CustomerDay) -> Decimal:
    """Sum old prices at new rates less old prices at old rates, over items that go on."""
    total = ZERO
    for name, state in after.subscriptions.items():
        old_items = before.subscriptions[name].items if name in before.subscriptions else {}
        for item_id, new in state.items.items():
            old = old_items.get(item_id)
            if old is not None and old.net_usd and new.net_usd:
                total += in_usd(old.net, new.usd_per_unit) - in_usd(old.net, old.usd_per_unit)
    return total


def all_movements(
    histories: Iterable[CustomerHistory], first: date, last: date
) -> tuple[list[Movement], list[Movement]]:
    """Return the daily and the monthly movements of all customers."""
    daily: list[Movement] = []
    monthly: list[Movement] = []
    for history in histories:
        daily += daily_movements(history)
        monthly += monthly_movements(history, month_of(first), last)
    return daily, monthly
