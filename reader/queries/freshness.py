"""How late each source and mart is, worked out when somebody asks."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from reader.database import Connection, Generation, Row
from reader.envelope import Page
from reader.freshness import status_of
from reader.pipeline import Question
from reader.queries.select import served
from reader.representations import Names, instant
from reader.series import FRESHNESS

ADDED: Names = (("expected_by", "timestamp"), ("status", "text"))

_UNITS_OF_TIME = {"minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_NAMED_INTERVALS = {"hourly": timedelta(hours=1), "daily": timedelta(days=1)}


def freshness_page(connection: Connection, question: Question, *, now: datetime) -> Page:
    """Return each source and mart with its status at `now`."""
    generation = question.generation
    series = served(FRESHNESS, generation)
    names = [column.name for column in series.columns]
    table = connection.table(series.table)
    rows = connection.fetch(f"select {', '.join(names)} from {table} order by source")  # noqa: S608
    extra = {
        "checked_at": instant(now),
        "status": status_of(generation.as_of, generation.expected_by, now),
    }
    columns = [*((column.name, column.type) for column in series.columns), *ADDED]
    return Page([_aged(row, generation, now) for row in rows], columns, extra=extra)


def _aged(row: Row, generation: Generation, now: datetime) -> Row:
    synced_through = row.get("synced_through")
    if synced_through is None:
        return {**row, "expected_by": None, "status": "stale"}
    every = interval_of(row.get("expected_every")) or generation.expected_by - generation.as_of
    expected_by = synced_through + every
    if synced_through >= generation.as_of:
        # The schedule's own grace holds for what the last run brought up to date.
        expected_by = max(expected_by, generation.expected_by)
    status = status_of(synced_through, expected_by, now)
    return {**row, "expected_by": expected_by, "status": status}


def interval_of(text: object) -> timedelta | None:
    """Return the length of time that words such as `1 hour`, `24 hours`, `hourly` mean."""
    if isinstance(text, timedelta) or text is None:
        return text
    named = _NAMED_INTERVALS.get(str(text))
    match = re.fullmatch(r"(\d+) (minute|hour|day|week)s?", str(text))
    if named is not None or match is None:
        return named
    return timedelta(seconds=int(match.group(1)) * _UNITS_OF_TIME[match.group(2)])
