"""How a field of a Stripe object is rendered: the sorts of field there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

NESTED_ROWS: Final = 10
"""Rows of a nested list that Stripe embeds in its parent; the rest is behind the list's own URL."""

MAX_EXPAND_LEVELS: Final = 4
"""Levels Stripe follows in one expand path, the ``data`` of lists included."""


@dataclass(frozen=True, slots=True)
class Reference:
    """An id, or with ``expand`` the object itself; ``kinds`` are the types it may point to."""

    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Embedded:
    """An object always held in full inside its parent."""

    kind: str


@dataclass(frozen=True, slots=True)
class OnRequest:
    """A value that is left out unless expanded."""


@dataclass(frozen=True, slots=True)
class NestedList:
    """A list of which the first ten rows come with the parent.

    Args:
        kind: type of the rows.
        url: where the whole list is; ``{id}`` is the parent's id.
        on_request: left out unless expanded.
        filled_by: the rows' filter that names the parent, for lists the account's own objects make
            up (a charge's refunds); empty when the parent holds the rows itself.
    """

    kind: str
    url: str
    on_request: bool = False
    filled_by: str = ""


Field = Reference | Embedded | OnRequest | NestedList

CUSTOMER = Reference(("customer",))
DISCOUNT = Reference(("discount",))
ACCOUNT = Reference(("account",))
BALANCE_TRANSACTION = Reference(("balance_transaction",))
UNKNOWN = Reference()
"""Expandable at Stripe, but of a type the sandbox does not keep: the id stays."""

DISCOUNT_AMOUNTS: Final[dict[str, Field]] = {
    "discount_amounts.discount": DISCOUNT,
    "pretax_credit_amounts.discount": DISCOUNT,
}
