"""The table of Stripe objects that are landed, from which everything else is derived.

A row (in `billing_objects` or `payment_objects`) makes a raw table, a dlt resource, a Dagster asset
and a check of `tillhouse doctor`. Facts are Stripe's, of the API version that the SDK pins.
"""

from __future__ import annotations

from typing import Final

from stripe import api_version

from ingest.stripe.billing_objects import BILLING_OBJECTS
from ingest.stripe.object_spec import (
    Membership,
    NestedList,
    ObjectSpec,
    ParentList,
    ParentSign,
    Reference,
)
from ingest.stripe.payment_objects import PAYMENT_OBJECTS

__all__ = ["Membership", "NestedList", "ObjectSpec", "ParentList", "ParentSign", "Reference"]

API_VERSION: Final = api_version
"""The dated version of every request; events alone come in the version of their own day."""

EVENTS: Final = ObjectSpec("events", "event", "/v1/events", "Events")

ACCOUNTS: Final = ObjectSpec(
    "accounts",
    "account",
    "/v1/account",
    "Basic account information",
    events=("account",),
    singleton=True,
)

_ROWS: Final = (ACCOUNTS, *BILLING_OBJECTS, *PAYMENT_OBJECTS)

ALL_OBJECTS: Final = (*_ROWS, EVENTS)
"""Everything that has a table."""

OBJECTS: Final = tuple(spec for spec in _ROWS if spec.parents is None)
"""What has a list of its own, or is one object."""

CHILD_OBJECTS: Final = tuple(spec for spec in _ROWS if spec.parents is not None)
"""What is listed under each of its parents only."""

BY_TABLE: Final = {spec.table: spec for spec in ALL_OBJECTS}
BY_OBJECT: Final = {spec.object: spec for spec in ALL_OBJECTS}

# Their `.deleted` events tell of an end, not of absence: the object can still be read.
ENDED_NOT_GONE: Final = frozenset({"subscription", "discount"})

# An event about the left touches what the named fields of its payload point to.
TOUCHES: Final = {
    "discount": (("customer", "customers"), ("subscription", "subscriptions")),
    "fee_refund": (("fee", "application_fees"),),
}

REFERENCES: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    spec.table: tuple((reference.path, reference.table) for reference in spec.references)
    for spec in _ROWS
    if spec.references
}
"""By table, the paths where its objects name others, and what those are."""

READ_AGAIN: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    spec.table: again
    for spec in _ROWS
    if (again := tuple((one.path, one.table) for one in spec.references if one.again))
}
"""The same, of what changes with its object and without an event."""

CHANGES_BY: Final[dict[str, frozenset[str]]] = {
    spec.table: frozenset(
        {table for _, table in READ_AGAIN.get(spec.table, ())}
        | {child.table for child in _ROWS if child.by_parent and child.by_parent[1] == spec.table}
    )
    for spec in _ROWS
}
"""By table, those in which something changes without an event of its own when its objects do."""

CHANGES_WITH_OTHERS: Final = frozenset(table for again in READ_AGAIN.values() for _, table in again)
"""The tables of what changes so: their own events do not tell of every change."""
