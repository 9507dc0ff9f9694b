"""What happened to every subscription, in order, as far as anybody can know it afterwards.

A pause older than Stripe's events shows in the first bill that it withdrew.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sandbox.ledger import (
    CancelRequested,
    CancelRescinded,
    Fact,
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
)
from sandbox.truth.calendar import ONE_DAY, end_of, in_seconds, utc_day
from sandbox.truth.memory import EVENTS_LAST
from sandbox.truth.money import ZERO
from sandbox.truth.people import People
from sandbox.truth.policies import Policies
from sandbox.truth.pricing import ItemWorth, worth_of_items
from sandbox.truth.states import Standing, standing_of
from sandbox.truth.subscriptions import standing_at
from sandbox.truth.terms import Terms

Row = dict[str, Any]

_REASONS = {
    "request": "cancellation_requested",
    "payment_failed": "payment_failed",
    "payment_disputed": "payment_disputed",
}
_DETAILS = (
    "from_plan_key",
    "to_plan_key",
    "list_mrr_before_usd",
    "list_mrr_after_usd",
    "reason",
    "feedback",
)
_RUNNING = {Standing.EARNING, Standing.PAUSED, Standing.COMPED}


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened to a subscription, and what goes with it."""

    event_type: str
    at: datetime
    details: Row = field(default_factory=dict)


def subscription_events(
    facts: Sequence[Fact], people: People, terms: Terms, first_pull: datetime, policies: Policies
) -> Iterator[Row]:
    """``fct_subscription_events``."""
    stories: dict[str, list[SubscriptionFact]] = {}
    for fact in facts:
        if isinstance(fact, SubscriptionFact):
            stories.setdefault(fact.subscription_id, []).append(fact)
    for subscription_id, story in stories.items():
        created = story[0]
        if not isinstance(created, SubscriptionCreated):
            raise TypeError(f"the story of {subscription_id} has no beginning")
        key = people.key_of.get(created.customer_id, created.customer_id)
        told = [
            *_happenings(story, first_pull - EVENTS_LAST),
            *_plan_changes(story, terms, policies),
        ]
        # What happens at one instant stays in the order in which it was told.
        for number, happening in enumerate(sorted(told, key=lambda h: h.at), start=1):
            yield {
                "subscription_id": subscription_id,
                "event_seq": number,
                "event_type": happening.event_type,
                "occurred_at": in_seconds(happening.at),
                "customer_key": key,
                "is_internal": key in people.internal_keys,
                **dict.fromkeys(_DETAILS),
                **happening.details,
            }


def _happenings(story: Sequence[SubscriptionFact], events_reach: datetime) -> Iterator[Happening]:
    """Tell a story in the words of the table; changes of plan are told by days instead."""
    wish: CancelRequested | None = None
    for fact in story:
        match fact:
            case SubscriptionPaused() | SubscriptionResumed():
                turn = "paused" if isinstance(fact, SubscriptionPaused) else "resumed"
                seen_at = fact.at if fact.at >= events_reach else _next_period(story, fact.at)
                if seen_at is not None:
                    yield Happening(turn, seen_at)
            case CancelRequested():
                wish = fact
                yield Happening("cancel_requested", fact.at, {"feedback": fact.feedback})
            case CancelRescinded():
                wish = None
                yield Happening("cancel_rescinded", fact.at)
            case SubscriptionEnded(cause=cause):
                feedback = wish.feedback if wish else None
                yield Happening(
                    "ended", fact.at, {"reason": _REASONS.get(cause), "feedback": feedback}
                )
            case _:
                if word := _word(fact, story):
                    yield Happening(word, fact.at)


def _word(fact: SubscriptionFact, story: Sequence[SubscriptionFact]) -> str | None:
    """Call a fact that needs no details by its name, if it has one."""
    match fact:
        case SubscriptionCreated(trial_ends_at=datetime()):
            return "trial_started"
        case SubscriptionActivated():
            is_trial = _word(story[0], story) == "trial_started"
            return "trial_converted" if is_trial else "started"
        case PaymentAttemptFailed(opens_spell=True):
            return "past_due"
    plain = {
        SubscriptionUnpaid: "unpaid",
        SubscriptionRecovered: "recovered",
        IncompleteExpired: "ended",
    }
    return plain.get(type(fact))


def _next_period(story: Iterable[SubscriptionFact], at: datetime) -> datetime | None:
    """Return when the first period from an instant on begins: its bill is withdrawn, or not."""
    starts = (f.start for f in story if isinstance(f, PeriodStarted) and f.start >= at)
    return next(starts, None)


def _plan_changes(
    story: Sequence[SubscriptionFact], terms: Terms, policies: Policies
) -> Iterator[Happening]:
    """Compare the ends of days between which items came, went or changed."""
    over = next((utc_day(f.at) for f in story if isinstance(f, SubscriptionEnded)), date.max)
    changed: dict[date, datetime] = {
        utc_day(fact.at): fact.at
        for fact in story
        if isinstance(fact, ItemAdded | ItemChanged | ItemRemoved)
    }
    for day, changed_at in changed.items():
        if utc_day(story[0].at) < day < over:
            before = _running_items(story, terms, day - ONE_DAY, policies)
            after = _running_items(story, terms, day, policies)
            was, now = (
                sum((w.list_price for w in s.values()), Fraction(0)) for s in (before, after)
            )
            if before and now != was:
                yield Happening(
                    "upgraded" if now > was else "downgraded",
                    changed_at,
                    {
                        "from_plan_key": _main_plan(before),
                        "to_plan_key": _main_plan(after),
                        "list_mrr_before_usd": _total(before),
                        "list_mrr_after_usd": _total(after),
                    },
                )


def _running_items(
    story: Sequence[SubscriptionFact], terms: Terms, day: date, policies: Policies
) -> dict[str, ItemWorth]:
    """Value what a subscription that runs at a day's end is for, whether or not it earns."""
    subscription = standing_at(story, end_of(day), policies)
    if subscription is None:
        return {}
    worths = worth_of_items(subscription, terms, end_of(day), policies)
    is_trial = subscription.trial_ends_at is not None and subscription.trial_ends_at >= end_of(day)
    is_running = standing_of(subscription, worths, end_of(day), policies) in _RUNNING
    if not is_running and not (is_trial and subscription.ended_at is None):
        return {}
    return {name: worth for name, worth in worths.items() if subscription.items[name].quantity}


def _main_plan(items: dict[str, ItemWorth]) -> str | None:
    """Return the plan that is listed at most, among equals that of the item with the least id."""
    best = min(items, key=lambda item_id: (-items[item_id].list_usd, item_id), default=None)
    return None if best is None else items[best].price_id


def _list_price(items: dict[str, ItemWorth]) -> Fraction:
    return sum((worth.list_price for worth in items.values()), Fraction(0))


def _total(items: dict[str, ItemWorth]) -> Decimal:
    return sum((worth.list_usd for worth in items.values()), ZERO)
