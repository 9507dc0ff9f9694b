"""What a principal may do, and what each address asks for; what is listed nowhere is refused.

Two scopes say what may be read: `read`, every figure, and `customers`, one customer at a time. Who
names neither holds both. `export` (everything in one file, customers included) and `admin` (what
changes something for others) are held only by whom they were given to by name.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

Scope = Literal["read", "customers", "export", "admin"]

SCOPES: Final[tuple[Scope, ...]] = ("read", "customers", "export", "admin")

_DATA: Final[frozenset[str]] = frozenset({"read", "customers"})

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

# The first row whose method (None: any) and beginning of the path fit. A session's own routes and
# acknowledging an alert change nothing that anybody else reads.
_RULES: Final[tuple[tuple[str | None, str, Scope], ...]] = (
    (None, "/v1/export", "export"),
    (None, "/v1/customers", "customers"),
    (None, "/v1/audit", "admin"),
    (None, "/v1/session", "read"),
    ("POST", "/v1/alerts/", "read"),
    # Socket.IO's long polling writes with POST; its handshake carries the token.
    ("POST", "/socket.io", "read"),
)


def required_scope(method: str, path: str) -> Scope:
    """Return the scope that an address asks for: reading is `read`, the rest `admin`, if unlisted.

    Args:
        method: of HTTP, in capitals.
        path: as the router sees it.
    """
    for rule_method, beginning, scope in _RULES:
        if rule_method in (None, method) and path.startswith(beginning):
            return scope
    return "read" if method in SAFE_METHODS else "admin"


def effective_scopes(named: Iterable[str]) -> frozenset[str]:
    """Return the scopes that a credential holds which names these; unknown ones grant nothing."""
    known = frozenset(named) & frozenset(SCOPES)
    if not known & _DATA:
        return known | _DATA
    return known | {"read"}
