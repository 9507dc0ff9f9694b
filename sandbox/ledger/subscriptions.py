"""Facts about subscriptions: what was agreed, when it ran, when it did not.

Money that was billed is in :mod:`sandbox.ledger.money`; MRR follows from the facts here.
"""

from dataclasses import dataclass
from datetime import datetime

from sandbox.ledger.base import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTerms:
    """One item of a subscription: a price, and how many of it (0 is possible)."""

    item_id: str
    price_id: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionFact(Fact):
    """A fact about one subscription."""

    subscription_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionCreated(SubscriptionFact):
    """A subscription exists, but earns nothing before ``SubscriptionActivated``.

    ``status``: ``trialing`` (until ``trial_ends_at``), ``incomplete`` (its first payment has
    not succeeded yet) or ``active`` (nothing to pay at first, or paid by bank transfer later). A
    ``PeriodStarted`` of every item follows at the same instant. ``collection`` is Stripe's
    ``charge_automatically`` or ``send_invoice``.
    """

    customer_id: str
    currency: str
    status: str
    items: tuple[ItemTerms, ...]
    trial_ends_at: datetime | None
    collection: str = "charge_automatically"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionActivated(SubscriptionFact):
    """The first invoice that is not a trial's was paid (or came to nothing): MRR begins.

    Happens at most once. A converting trial is activated when its first real invoice is paid,
    which may be after ``trial_ends_at``.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialEnded(SubscriptionFact):
    """The trial is over and the first real period begins; its invoice is still unpaid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncompleteExpired(SubscriptionFact):
    """The first payment never came (23 hours): the subscription is dead and never earned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodStarted(SubscriptionFact):
    """A service period of an item begins: it is converted at the FX rate of ``start``'s day.

    Renewals come at the instant the old period ends. A change within a period starts none,
    unless it resets the cycle (month to year and back): then one starts at the change.
    """

    item_id: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChanged(SubscriptionFact):
    """Another price or quantity of an item from ``at`` on.

    ``prorated`` tells whether Stripe billed the difference; without, the change was made at
    the instant a period of the item begins.
    """

    item_id: str
    old_price_id: str
    old_quantity: int
    price_id: str
    quantity: int
    prorated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAdded(SubscriptionFact):
    """A further item from ``at`` on (its ``PeriodStarted`` follows at the same instant)."""

    item: ItemTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRemoved(SubscriptionFact):
    """An item ends; the subscription goes on."""

    item_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRequested(SubscriptionFact):
    """Somebody asked for the end. ``effective_at`` = ``at`` for an immediate one.

    ``feedback`` is one of Stripe's (``too_expensive``, ``unused``, ...) or None.
    """

    effective_at: datetime
    feedback: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRescinded(SubscriptionFact):
    """The wish to cancel at the period's end was taken back in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionEnded(SubscriptionFact):
    """The subscription is over at ``at`` (Stripe's ``ended_at``).

    ``cause``: ``request`` (Stripe's reason ``cancellation_requested``), ``payment_failed``,
    ``payment_disputed``, or ``deletion`` of the customer (Stripe gives no reason).
    """

    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionPaused(SubscriptionFact):
    """Collection is paused (``behavior=void``): no MRR until resumed. On a renewal's day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionResumed(SubscriptionFact):
    """Collection goes on. On a renewal's day, before that renewal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentAttemptFailed(SubscriptionFact):
    """A charge for an invoice of the subscription failed.

    ``opens_spell`` is true for the one that turns a healthy subscription ``past_due``.
    It is false for the first payment of an ``incomplete`` subscription. ``next_attempt_at`` is
    when Stripe will try again, None if it will not.
    """

    invoice_id: str
    attempt: int
    opens_spell: bool
    next_attempt_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionRecovered(SubscriptionFact):
    """The latest invoice was paid: ``past_due`` is over, even if an older one is still open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionUnpaid(SubscriptionFact):
    """All retries failed and the subscription became ``unpaid`` (same instant as the last)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountApplied(Fact):
    """A coupon works on ``[starts_at, ends_at)`` (None: open; ``once`` has no end either).

    On one subscription, or, with ``subscription_id`` None, on all subscriptions of the customer
    that have no discount of their own. Discounts of one subscription apply in ledger order
    (fixed amounts before percentages). Nothing removes a discount before its end but the
    end of the subscription.
    """

    discount_id: str
    coupon_id: str
    customer_id: str
    subscription_id: str | None
    starts_at: datetime
    ends_at: datetime | None
    promotion_code_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountEnded(Fact):
    """A discount no longer works: its ``ends_at`` has come, or a ``once`` was used up.

    It says nothing that ``DiscountApplied`` did not; renderers take the discount off with it.
    """

    discount_id: str
