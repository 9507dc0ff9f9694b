"""Customers that left: when, with how much, and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sandbox.truth.calendar import ONE_DAY
from sandbox.truth.money import ZERO
from sandbox.truth.people import People
from sandbox.truth.states import CustomerDay, CustomerHistory, Standing, SubscriptionDay

_DELETED_AROUND_THE_END = timedelta(minutes=1)
_NEVER = datetime.min.replace(tzinfo=UTC)
_INVOLUNTARY = {"payment_failed": "involuntary_payment", "payment_disputed": "involuntary_dispute"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Churn:
    """A customer had MRR (or a paused claim to it) and has none."""

    customer_key: str
    churned_on: date
    mrr_lost_usd: Decimal
    churn_type: str


def churn_events(history: CustomerHistory, people: People) -> Iterator[Churn]:
    """Every day at whose end the customer was gone and at whose beginning it was not."""
    for day in history.changed_on:
        before, after = history.at_end_of(day - ONE_DAY), history.at_end_of(day)
        lost = _lost(before, after)
        if lost:
            yield Churn(
                customer_key=history.customer_key,
                churned_on=day,
                mrr_lost_usd=sum(lost.values(), ZERO),
                churn_type=_churn_type(_deciding(lost, after), people),
            )


def _lost(before: CustomerDay, after: CustomerDay) -> dict[str, Decimal]:
    """Return what each subscription took along; nothing while the customer earns or is paused.

    Who was paused loses what it earned before the pause (ruling R16).
    """
    if after.mrr or after.is_paused:
        return {}
    if before.mrr:
        return {name: state.mrr for name, state in before.subscriptions.items() if state.mrr}
    if not before.is_paused:
        return {}
    paused = {
        name: state.mrr_before for name, state in before.subscriptions.items() if state.is_suspended
    }
    return paused if any(paused.values()) else dict.fromkeys([min(paused)], before.claim)


def _deciding(lost: dict[str, Decimal], after: CustomerDay) -> SubscriptionDay:
    """Pick the larger MRR; among equals the later end, then the smaller id."""

    def weight(name: str) -> tuple[Decimal, datetime]:
        return lost[name], after.subscriptions[name].ended_at or _NEVER

    return after.subscriptions[max(sorted(lost), key=weight)]


def _churn_type(subscription: SubscriptionDay, people: People) -> str:
    if _was_deleted(subscription, people):
        return "admin"
    if subscription.standing in {Standing.UNPAID, Standing.GRACE_OVER}:
        return "involuntary_payment"
    if subscription.standing is Standing.ENDED:
        return _INVOLUNTARY.get(subscription.end_cause or "", "voluntary")
    return "to_free"


def _was_deleted(subscription: SubscriptionDay, people: People) -> bool:
    deleted_at = people.deleted_at.get(subscription.customer_id)
    if deleted_at is None or subscription.ended_at is None:
        return False
    return abs(deleted_at - subscription.ended_at) <= _DELETED_AROUND_THE_END
