"""The state of every customer at the end of every day."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sandbox.ledger import (
    Fact,
    PaymentAttemptFailed,
    PeriodStarted,
    SubscriptionCreated,
    SubscriptionFact,
)
from sandbox.truth.calendar import AN_INSTANT, end_of, utc_day
from sandbox.truth.money import ZERO
from sandbox.truth.people import People
from sandbox.truth.policies import Policies
from sandbox.truth.pricing import ItemWorth, worth_of_items
from sandbox.truth.subscriptions import Subscription, standing_at
from sandbox.truth.terms import Terms


class Standing(StrEnum):
    """Why a subscription earns, or why it does not."""

    NOT_STARTED = "not_started"
    EARNING = "earning"
    PAUSED = "paused"
    COMPED = "comped"
    UNPAID = "unpaid"
    GRACE_OVER = "grace_over"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class SubscriptionDay:
    """A subscription at the end of a day.

    Attributes:
        items: what the items earn; empty unless the subscription does.
        mrr_before: the subscription's MRR at its last day end with any, for a pause to come
            back to.
        is_failing: whether its last payment is owed.
        ended_at, end_cause: its end, if it came.
    """

    subscription_id: str
    customer_id: str
    standing: Standing
    items: dict[str, ItemWorth]
    mrr_before: Decimal
    is_failing: bool
    ended_at: datetime | None
    end_cause: str | None

    @property
    def mrr(self) -> Decimal:
        """MRR in US dollars."""
        return sum((item.net_usd for item in self.items.values()), ZERO)

    @property
    def is_suspended(self) -> bool:
        """Paused or given away: neither churned nor earning."""
        return self.standing in {Standing.PAUSED, Standing.COMPED}


@dataclass(frozen=True, slots=True)
class CustomerDay:
    """A customer at the end of a day: all subscriptions of all its Stripe customers.

    ``claim`` is what it earns or, while all of it is paused or given away, what it earned last:
    the MRR that is neither there nor lost. It is zero for a gift to somebody who never paid, or
    who had left before.
    """

    subscriptions: dict[str, SubscriptionDay] = field(default_factory=dict)
    claim: Decimal = ZERO

    @property
    def mrr(self) -> Decimal:
        """MRR in US dollars."""
        return sum((of_one.mrr for of_one in self.subscriptions.values()), ZERO)

    @property
    def is_paused(self) -> bool:
        """Neither earns nor has left: a pause, or a gift after payments."""
        return self.claim > 0 and self.mrr == 0


NOBODY = CustomerDay()


@dataclass(frozen=True, slots=True)
class CustomerHistory:
    """A customer's day ends; a day on which nothing changed is like the day before."""

    customer_key: str
    changed_on: list[date]
    states: list[CustomerDay]

    def at_end_of(self, day: date) -> CustomerDay:
        """Return the state at the end of a day."""
        position = bisect_right(self.changed_on, day)
        return self.states[position - 1] if position else NOBODY

    @property
    def first_earning_day(self) -> date | None:
        """The first day that ended with MRR."""
        earning = (
            day for day, state in zip(self.changed_on, self.states, strict=True) if state.mrr
        )
        return next(earning, None)


def customer_histories(
    facts: Sequence[Fact], people: People, terms: Terms, last_day: date, policies: Policies
) -> list[CustomerHistory]:
    """Follow every customer that is not the company itself, to the end of ``last_day``."""
    return [
        _follow(key, of_customer, terms, last_day, policies)
        for key, of_customer in sorted(stories_of_customers(facts, people).items())
    ]


def stories_of_customers(
    facts: Iterable[Fact], people: People
) -> dict[str, dict[str, list[SubscriptionFact]]]:
    """Tell the subscriptions of every customer that is not the company itself apart."""
    stories: dict[str, dict[str, list[SubscriptionFact]]] = defaultdict(lambda: defaultdict(list))
    customer_of: dict[str, str] = {}
    for fact in facts:
        if isinstance(fact, SubscriptionCreated):
            customer_of[fact.subscription_id] = fact.customer_id
        if isinstance(fact, SubscriptionFact):
            key = people.key_of.get(customer_of[fact.subscription_id])
            if key is not None and key not in people.internal_keys:
                stories[key][fact.subscription_id].append(fact)
    return stories


def earning_items(
    story: Sequence[SubscriptionFact], terms: Terms, end_of_day: datetime, policies: Policies
) -> dict[str, ItemWorth]:
    """Value the items of a subscription that earns at the end of a day; of any other, none."""
    subscription = standing_at(story, end_of_day, policies)
    if subscription is None or subscription.ended_at is not None:
        return {}
    worths = worth_of_items(subscription, terms, end_of_day, policies)
    is_earning = standing_of(subscription, worths, end_of_day, policies) is Standing.EARNING
    return worths if is_earning else {}


def _follow(
    customer_key: str,
    stories: dict[str, list[SubscriptionFact]],
    terms: Terms,
    last_day: date,
    policies: Policies,
) -> CustomerHistory:
    history = CustomerHistory(customer_key, [], [])
    previous = NOBODY
    for day in _days_of_change(stories, terms, last_day, policies):
        subscriptions = {
            subscription_id: state
            for subscription_id, story in sorted(stories.items())
            if (state := _subscription_day(story, previous, terms, end_of(day), policies))
        }
        previous = CustomerDay(subscriptions, _claim(subscriptions, previous))
        history.changed_on.append(day)
        history.states.append(previous)
    return history


def _claim(subscriptions: dict[str, SubscriptionDay], previous: CustomerDay) -> Decimal:
    earned = CustomerDay(subscriptions).mrr
    is_suspended = any(of_one.is_suspended for of_one in subscriptions.values())
    return earned or (previous.claim if is_suspended else ZERO)


def _days_of_change(
    stories: dict[str, list[SubscriptionFact]], terms: Terms, last_day: date, policies: Policies
) -> list[date]:
    """Every day on which anything of the customer can change: facts, graces, discounts."""
    facts = [fact for story in stories.values() for fact in story]
    customers = {fact.customer_id for fact in facts if isinstance(fact, SubscriptionCreated)}
    instants = [fact.at for fact in facts]
    instants += [fact.start for fact in facts if isinstance(fact, PeriodStarted)]
    instants += [f.at + policies.grace for f in facts if isinstance(f, PaymentAttemptFailed)]
    for discount in [d for customer in customers for d in terms.discounts.get(customer, [])]:
        instants += [discount.starts_at, *([discount.ends_at] if discount.ends_at else [])]
    # An instant at midnight concerns the day it begins, and could concern the one it ends.
    touched = {utc_day(i) for i in instants} | {utc_day(i - AN_INSTANT) for i in instants}
    return sorted(day for day in touched if day <= last_day)


def _subscription_day(
    story: list[SubscriptionFact],
    previous: CustomerDay,
    terms: Terms,
    end_of_day: datetime,
    policies: Policies,
) -> SubscriptionDay | None:
    subscription = standing_at(story, end_of_day, policies)
    if subscription is None:
        return None
    worths = worth_of_items(subscription, terms, end_of_day, policies)
    standing = standing_of(subscription, worths, end_of_day, policies)
    items = worths if standing is Standing.EARNING else {}
    mrr = sum((worth.net_usd for worth in items.values()), ZERO)
    known = previous.subscriptions.get(subscription.subscription_id)
    return SubscriptionDay(
        subscription_id=subscription.subscription_id,
        customer_id=subscription.customer_id,
        standing=standing,
        items=items,
        mrr_before=mrr or (known.mrr_before if known else ZERO),
        is_failing=subscription.failing_since is not None,
        ended_at=subscription.ended_at,
        end_cause=subscription.end_cause,
    )


def standing_of(  # noqa: PLR0911 - one line for each reason is the point
    subscription: Subscription,
    worths: dict[str, ItemWorth],
    end_of_day: datetime,
    policies: Policies,
) -> Standing:
    """Give the first reason that applies."""
    wants_out = policies.requests_end_mrr and subscription.cancel_requested_at is not None
    failing_since = subscription.failing_since
    if subscription.ended_at is not None or wants_out:
        return Standing.ENDED
    if subscription.earns_since is None:
        return Standing.NOT_STARTED
    if subscription.unpaid_since is not None:
        return Standing.UNPAID
    if subscription.is_paused and not policies.paused_counts:
        return Standing.PAUSED
    if failing_since is not None and failing_since + policies.grace < end_of_day:
        return Standing.GRACE_OVER
    has_list_price = any(worth.list_usd for worth in worths.values())
    if has_list_price and not any(worth.net_usd for worth in worths.values()):
        return Standing.COMPED
    return Standing.EARNING
