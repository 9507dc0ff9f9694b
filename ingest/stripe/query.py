"""Parameters of a request in Stripe's form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode


def query_of(params: Mapping[str, Any]) -> str:
    """Return parameters as the query of a URL, with its question mark; nothing without any."""
    query = urlencode(list(_flat(params)))
    return f"?{query}" if query else ""


def _flat(params: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield parameters by name: `created[gte]=1`, `expand[]=data.discounts`."""
    for key, value in params.items():
        name = f"{prefix}[{key}]" if prefix else key
        if isinstance(value, Mapping):
            yield from _flat(value, name)
        elif isinstance(value, list | tuple):
            yield from ((f"{name}[]", str(element)) for element in value)
        else:
            yield name, str(value)
