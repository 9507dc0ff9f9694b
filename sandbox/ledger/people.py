"""Facts about users of the application and customers at Stripe."""

from dataclasses import dataclass

from sandbox.ledger.base import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSignedUp(Fact):
    """A user row appeared in the application. ``role``: ``USER`` or ``ADMIN`` (internal)."""

    user_id: str
    role: str
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserLoggedIn(Fact):
    """The application set the user's ``lastLoginAt`` to ``at`` (older values are lost)."""

    user_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserDeleted(Fact):
    """The user's row is gone from the application; videos, calls and credits stay."""

    user_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StripeCustomerCreated(Fact):
    """A customer at Stripe.

    ``linked_by`` says how it belongs to a user: ``user`` (``User.stripeCustomerId`` holds it,
    and its metadata names the user too), ``metadata`` (only ``metadata.userId`` names the
    user), or ``none`` (then ``user_id`` is None). A metadata link counts only while the user's
    row exists; ``dangling_user_id`` is a ``metadata.userId`` that never was a user's.
    """

    customer_id: str
    user_id: str | None
    linked_by: str
    country: str
    currency: str
    dangling_user_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StripeCustomerDeleted(Fact):
    """The customer was deleted at Stripe, which ends its subscriptions at the same instant.

    The ``SubscriptionEnded`` facts (``cause='deletion'``) have the same ``at`` and come first.
    """

    customer_id: str
