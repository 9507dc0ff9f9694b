"""The table of endpoints: one row per resource says its path, its filters and how it is listed.

Parameters per list, ``created`` included or not, are those of the pinned version's official SDK
(``stripe/params/_*_list_params.py``). A new resource is a row here and its fields in ``schema``.
"""

from __future__ import annotations

from typing import Any, Final

from sandbox.stripe_api.filters import read_path
from sandbox.stripe_api.resources.billing import BILLING, OWNED
from sandbox.stripe_api.resources.money import MONEY
from sandbox.stripe_api.resources.platform import PLATFORM
from sandbox.stripe_api.resources.types import Resource, Sublist

__all__ = [
    "BY_KIND",
    "BY_PATH",
    "HELD_IN",
    "HOLDS",
    "OWNED",
    "RESOURCES",
    "SUBLISTS",
    "Resource",
    "Sublist",
    "facets_of",
]

RESOURCES: Final[tuple[Resource, ...]] = (*BILLING, *MONEY, *PLATFORM)

SUBLISTS: Final[tuple[Sublist, ...]] = (
    Sublist("/v1/invoices", "lines"),
    Sublist("/v1/credit_notes", "lines"),
    Sublist("/v1/checkout/sessions", "line_items"),
    Sublist("/v1/charges", "refunds"),
    Sublist("/v1/customers", "subscriptions"),
    Sublist("/v1/transfers", "reversals", row_param="id"),
    Sublist("/v1/application_fees", "refunds", row_param="id"),
)

BY_PATH: Final = {resource.path: resource for resource in RESOURCES}
BY_KIND: Final = {resource.kind: resource for resource in (*RESOURCES, *OWNED)}

HELD_IN: Final = {
    "fee_refund": ("application_fee", "refunds"),
    "subscription_item": ("subscription", "items"),
    "transfer_reversal": ("transfer", "reversals"),
}
"""Types whose rows are not stored alone: the type and the field of the parent that holds them."""

HOLDS: Final = dict(HELD_IN.values())
"""The same from the parent's side: its type to the field."""


def facets_of(obj: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return what lists may filter an object by: parameter name to the object's values."""
    resource = BY_KIND.get(obj["object"])
    filters = resource.indexed if resource else ()
    return {one.name: read_path(obj, one.field_path) for one in filters}
