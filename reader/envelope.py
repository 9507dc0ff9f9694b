"""The one shape of every answer that is a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from reader.database import Generation
from reader.representations import Names, Row, instant, plain


@dataclass(frozen=True)
class Page:
    """Rows to serve, and what has to be said of them."""

    rows: Sequence[Row]
    columns: Names
    after: tuple[str, ...] | None = None
    unit: Literal["decimal", "minor"] = "decimal"
    currency: str | None = "usd"
    is_partial: bool = False
    extra: dict[str, Any] = field(default_factory=dict)


def envelope(page: Page, next_cursor: str | None, generation: Generation) -> dict[str, Any]:
    """Return the body of a list.

    Nothing in it changes with the clock: a body stands for its generation for ever, and ages and
    statuses are worked out by who reads it.
    """
    return {
        "object": "list",
        "data": [plain(row) for row in page.rows],
        "has_more": next_cursor is not None,
        "next_cursor": next_cursor,
        "meta": meta_of_page(page, generation),
    }


def meta_of_page(page: Page, generation: Generation) -> dict[str, Any]:
    """Return what an answer says of its rows."""
    return {
        **meta_of(generation),
        "currency": page.currency,
        "unit": page.unit,
        "partial_period": page.is_partial,
        **page.extra,
    }


def meta_of(generation: Generation) -> dict[str, Any]:
    """Return what every answer says of the generation it was read from."""
    sources = {name: dict(source) for name, source in generation.sources.items()}
    return {
        "generation": generation.id,
        "as_of": instant(generation.as_of),
        "published_at": instant(generation.published_at),
        "expected_by": instant(generation.expected_by),
        "checks": dict(generation.checks),
        "sources": plain(sources),
    }
