"""A subscription at the end of a day: everything that happened to it, told again from the start."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.ledger import (
    CancelRequested,
    CancelRescinded,
    IncompleteExpired,
    ItemAdded,
    ItemChanged,
    ItemRemoved,
    PaymentAttemptFailed,
    PeriodStarted,
    SubscriptionActivated,
    SubscriptionCreated,
    SubscriptionEnded,
    SubscriptionFact,
    SubscriptionPaused,
    SubscriptionRecovered,
    SubscriptionResumed,
    SubscriptionUnpaid,
    TrialEnded,
)
from sandbox.truth.policies import Policies


@dataclass(slots=True)
class Item:
    """What is bought, how many, and since when the current service period runs."""

    price_id: str
    quantity: int
    period_start: datetime


@dataclass(slots=True)
class Subscription:
    """How a subscription stands at an instant.

    Attributes:
        trial_ends_at: until when it was on trial, if it began with one.
        earns_since: when its MRR began: active, and its first real invoice paid.
        failing_since: the first failed attempt of the current spell, once it was healthy.
        unpaid_since: when Stripe gave up.
        ended_at, end_cause: when and why it ended.
    """

    subscription_id: str
    customer_id: str
    currency: str
    trial_ends_at: datetime | None = None
    items: dict[str, Item] = field(default_factory=dict)
    earns_since: datetime | None = None
    failing_since: datetime | None = None
    unpaid_since: datetime | None = None
    is_paused: bool = False
    cancel_requested_at: datetime | None = None
    ended_at: datetime | None = None
    end_cause: str | None = None


def standing_at(
    history: Sequence[SubscriptionFact], end_of_day: datetime, policies: Policies
) -> Subscription | None:
    """Tell the story up to the day's last instant; None before the subscription exists.

    Args:
        history: the subscription's facts in order, its creation first.
        end_of_day: 24:00 of the day; what happens at that very instant is the next day's.
        policies: what counts.
    """
    created = history[0]
    if not isinstance(created, SubscriptionCreated):
        raise TypeError(f"the story of {created.subscription_id} has no beginning")
    told = list(_until(history, end_of_day, policies))
    if not told:
        return None
    subscription = Subscription(
        subscription_id=created.subscription_id,
        customer_id=created.customer_id,
        currency=created.currency,
        trial_ends_at=created.trial_ends_at,
        items={i.item_id: Item(i.price_id, i.quantity, created.at) for i in created.items},
    )
    for fact in told:
        _tell_terms(subscription, fact)
        _tell_payment(subscription, fact, policies)
        _tell_end(subscription, fact)
    return subscription


def _until(
    history: Iterable[SubscriptionFact], end_of_day: datetime, policies: Policies
) -> Iterable[SubscriptionFact]:
    for fact in history:
        at_the_limit = fact.at == end_of_day and not policies.limits_are_half_open
        if fact.at < end_of_day or at_the_limit:
            yield fact


def _tell_terms(subscription: Subscription, fact: SubscriptionFact) -> None:
    match fact:
        case ItemAdded(item=terms):
            subscription.items[terms.item_id] = Item(terms.price_id, terms.quantity, fact.at)
        case ItemRemoved(item_id=item_id):
            del subscription.items[item_id]
        case ItemChanged(item_id=item_id):
            subscription.items[item_id].price_id = fact.price_id
            subscription.items[item_id].quantity = fact.quantity
        case PeriodStarted(item_id=item_id, start=start):
            subscription.items[item_id].period_start = start
        case _:
            pass


def _tell_payment(subscription: Subscription, fact: SubscriptionFact, policies: Policies) -> None:
    match fact:
        case TrialEnded() | SubscriptionCreated(status="active"):
            # Stripe calls it active, paid or not.
            if not policies.waits_for_first_payment:
                subscription.earns_since = fact.at
        case SubscriptionActivated():
            subscription.earns_since = subscription.earns_since or fact.at
            subscription.failing_since = None
        case PaymentAttemptFailed(opens_spell=True):
            subscription.failing_since = subscription.failing_since or fact.at
        case SubscriptionRecovered():
            subscription.failing_since = None
            subscription.unpaid_since = None
        case SubscriptionUnpaid():
            if not policies.unpaid_counts:
                subscription.unpaid_since = fact.at
        case SubscriptionPaused():
            subscription.is_paused = True
        case SubscriptionResumed():
            subscription.is_paused = False
        case _:
            pass


def _tell_end(subscription: Subscription, fact: SubscriptionFact) -> None:
    match fact:
        case CancelRequested():
            subscription.cancel_requested_at = fact.at
        case CancelRescinded():
            subscription.cancel_requested_at = None
        case SubscriptionEnded(cause=cause):
            subscription.ended_at, subscription.end_cause = fact.at, cause
        case IncompleteExpired():
            subscription.ended_at, subscription.end_cause = fact.at, "never_paid"
        case _:
            pass
