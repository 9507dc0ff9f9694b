"""The published generations that are kept."""

from __future__ import annotations

from collections.abc import Sequence

from reader.database import Connection, Generation, Row
from reader.envelope import Page
from reader.pipeline import Question
from reader.representations import Names

COLUMNS: Names = (
    ("id", "text"),
    ("active", "boolean"),
    ("as_of", "timestamp"),
    ("published_at", "timestamp"),
    ("mode", "text"),
    ("tables", "integer"),
    ("rows", "integer"),
    ("checks_passed", "integer"),
    ("checks_warned", "integer"),
)


def generations_page(
    connection: Connection,  # noqa: ARG001
    question: Question,
    *,
    kept: Sequence[Generation],
) -> Page:
    """Return the generations that are kept, newest first."""
    newest_first = sorted(kept, key=lambda generation: generation.id, reverse=True)
    waiting = [g for g in newest_first if question.after is None or g.id < question.after[0]]
    taken = waiting[: question.limit]
    after = (taken[-1].id,) if len(taken) < len(waiting) else None
    return Page([described(g, question.generation.id) for g in taken], COLUMNS, after)


def described(generation: Generation, active_id: str) -> Row:
    """Return what the list says of a generation."""
    return {
        "id": generation.id,
        "active": generation.id == active_id,
        "as_of": generation.as_of,
        "published_at": generation.published_at,
        "mode": generation.mode,
        "tables": len(generation.tables),
        "rows": sum(table.rows for table in generation.tables.values()),
        "checks_passed": generation.checks.get("passed", 0),
        "checks_warned": generation.checks.get("warned", 0),
    }
