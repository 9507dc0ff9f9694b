"""Which scope each address asks for: the one table, by method and prefix.

Two scopes say what may be read: `read`, every figure, and `customers`, rows that stand for single
customers. Who names neither holds both. `export` (everything at once, customers included) and
`admin` (what changes something for others) are held only by whom they were given to by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal

Scope = Literal["read", "customers", "export", "admin"]

SCOPES: Final[tuple[Scope, ...]] = ("read", "customers", "export", "admin")

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

_DATA: Final = frozenset({"read", "customers"})

_ANY: Final = SAFE_METHODS | {"POST", "PUT", "PATCH", "DELETE"}

# (methods, prefix, scope). A prefix ends where a segment does.
_TABLE: Final[tuple[tuple[frozenset[str], str, Scope], ...]] = (
    # Signing in and out changes nothing for anybody else; nor does Socket.IO's long polling.
    (_ANY, "/v1/session", "read"),
    (_ANY, "/socket.io", "read"),
    (_ANY, "/v1/audit", "admin"),
    # Whoever may see all that an alert is about may see to it; who reads figures alone may not.
    (frozenset({"POST"}), "/v1/alerts", "customers"),
    (SAFE_METHODS, "/v1/export.zip", "export"),
    (SAFE_METHODS, "/v1/customers", "customers"),
    (SAFE_METHODS, "/v1/revenue/invoices", "customers"),
    (SAFE_METHODS, "/v1/revenue/payments", "customers"),
    (SAFE_METHODS, "/v1/revenue/refunds", "customers"),
    (SAFE_METHODS, "/v1/revenue/disputes", "customers"),
    (SAFE_METHODS, "/v1/churn/events", "customers"),
    (SAFE_METHODS, "/v1/churn/dunning", "customers"),
    (SAFE_METHODS, "/v1/churn/trials", "customers"),
    (SAFE_METHODS, "/v1/churn/subscription-events", "customers"),
    (SAFE_METHODS, "/v1/usage/api-logs", "customers"),
    (SAFE_METHODS, "/v1/usage/credit-lots", "customers"),
    (SAFE_METHODS, "/v1/costs/videos", "customers"),
    (SAFE_METHODS, "/v1/reconciliations/invoices", "customers"),
    (SAFE_METHODS, "/v1/reconciliations/recognition", "customers"),
    # The objects behind a figure are customers, subscriptions and payments.
    (SAFE_METHODS, "/v1/metrics", "customers"),
)


def required_scope(method: str, path: str, query: Mapping[str, str] | None = None) -> Scope:
    """Return the scope that a request needs; what writes and is not listed needs `admin`.

    Args:
        method: of the request; a HEAD counts as a GET.
        path: of the request, without the query.
        query: its query parameters; some turn a total into single customers' rows.
    """
    for methods, prefix, scope in _TABLE:
        is_under = path == prefix or path.startswith(f"{prefix}/")
        if is_under and method in methods:
            return scope
    if method not in SAFE_METHODS:
        return "admin"
    given = query or {}
    is_split = "customer_key" in given or given.get("dimension") == "customer"
    return "customers" if is_split else "read"


def effective_scopes(named: Iterable[str]) -> frozenset[str]:
    """Return the scopes that a credential holds which names these; unknown ones grant nothing."""
    known = frozenset(named) & frozenset(SCOPES)
    if not known & _DATA:
        return known | _DATA
    return known | {"read"}
