"""SQL text for what can't be a bound parameter."""

from __future__ import annotations


def quoted_text(value: str) -> str:
    """Return a text literal."""
    return "'" + value.replace("'", "''") + "'"


def quoted_name(value: str) -> str:
    """Return an identifier."""
    return '"' + value.replace('"', '""') + '"'
