"""Which scope each address asks for: the one table, by method and prefix.

`read` is what every token may do; rows that stand for single customers, everything at once, and
what changes something have scopes of their own. The first line that matches counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

Scope = Literal["read", "customers", "export", "admin"]

SCOPES: Final[tuple[Scope, ...]] = ("read", "customers", "export", "admin")

# (methods or any, prefix, scope). A prefix ends where a segment does.
_TABLE: Final[tuple[tuple[frozenset[str] | None, str, Scope], ...]] = (
    (frozenset({"POST"}), "/v1/generations", "admin"),
    (frozenset({"POST"}), "/v1/alerts", "admin"),
    (None, "/v1/export.zip", "export"),
    (None, "/v1/customers", "customers"),
    (None, "/v1/revenue/invoices", "customers"),
    (None, "/v1/revenue/payments", "customers"),
    (None, "/v1/revenue/refunds", "customers"),
    (None, "/v1/revenue/disputes", "customers"),
    (None, "/v1/churn/events", "customers"),
    (None, "/v1/churn/dunning", "customers"),
    (None, "/v1/churn/trials", "customers"),
    (None, "/v1/churn/subscription-events", "customers"),
    (None, "/v1/usage/api-logs", "customers"),
    (None, "/v1/costs/videos", "customers"),
    (None, "/v1/reconciliations/invoices", "customers"),
    (None, "/v1/reconciliations/recognition", "customers"),
    # The objects behind a figure are customers, subscriptions and payments.
    (None, "/v1/metrics", "customers"),
)


def required_scope(method: str, path: str, query: Mapping[str, str] | None = None) -> Scope:
    """Return the scope that a request needs.

    Args:
        method: of the request; a HEAD counts as a GET.
        path: of the request, without the query.
        query: its query parameters; some turn a total into single customers' rows.
    """
    for methods, prefix, scope in _TABLE:
        is_under = path == prefix or path.startswith(f"{prefix}/")
        if is_under and (methods is None or method in methods):
            return scope
    given = query or {}
    is_split = "customer_key" in given or given.get("dimension") == "customer"
    return "customers" if is_split else "read"
