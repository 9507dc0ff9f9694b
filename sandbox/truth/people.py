"""Who is who: which Stripe customers are one customer, and who is the company itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sandbox.ledger import (
    AccountExcluded,
    Fact,
    StripeCustomerCreated,
    StripeCustomerDeleted,
    UserDeleted,
    UserSignedUp,
)
from sandbox.truth.policies import Policies


@dataclass(frozen=True, slots=True)
class People:
    """Everybody the warehouse can know.

    Attributes:
        key_of: Stripe customer id to ``customer_key``: the user it belongs to, else itself.
        internal_keys: customers that are the company's own.
        internal_users: users that are the company's own.
        known_users: users whose row was there at the first pull or later.
        deleted_at: when a Stripe customer was deleted.
    """

    key_of: dict[str, str]
    internal_keys: frozenset[str]
    internal_users: frozenset[str]
    known_users: frozenset[str]
    deleted_at: dict[str, datetime]


def identify(facts: Sequence[Fact], first_pull: datetime, policies: Policies) -> People:
    """Decide who is who.

    Args:
        facts: what happened until now.
        first_pull: when the application's users were first read; whoever was deleted before is
            unknown, and a link to them is no link (rulings R35, R39).
        policies: whether internal accounts and deleted customers count.
    """
    gone = {
        fact.user_id for fact in facts if isinstance(fact, UserDeleted) and fact.at < first_pull
    }
    signed_up = [fact for fact in facts if isinstance(fact, UserSignedUp)]
    known = frozenset(fact.user_id for fact in signed_up if fact.user_id not in gone)
    admins = {fact.user_id for fact in signed_up if fact.role == "ADMIN"} & known
    excluded = {fact.account_id for fact in facts if isinstance(fact, AccountExcluded)}
    deleted = {f.customer_id: f.at for f in facts if isinstance(f, StripeCustomerDeleted)}

    key_of = _customer_keys(facts, known)
    if not policies.deleted_customers_count:
        key_of = {stripe_id: key for stripe_id, key in key_of.items() if stripe_id not in deleted}
    internal = admins | excluded | {key_of[name] for name in excluded if name in key_of}
    if policies.internal_accounts_count:
        internal = set()
    return People(
        key_of=key_of,
        internal_keys=frozenset(internal),
        internal_users=frozenset(internal),
        known_users=known,
        deleted_at=deleted,
    )


def _customer_keys(facts: Iterable[Fact], known_users: frozenset[str]) -> dict[str, str]:
    return {
        fact.customer_id: fact.user_id if fact.user_id in known_users else fact.customer_id
        for fact in facts
        if isinstance(fact, StripeCustomerCreated)
    }
