"""The events of live updates: their names and what they carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from reader.database import Generation
from reader.representations import Row, instant, plain

GENERATION_PUBLISHED: Final = "generation.published"
ALERT_OPENED: Final = "alert.opened"
ALERT_RESOLVED: Final = "alert.resolved"
PAYMENTS_RECENT: Final = "payments.recent"

Name = Literal["generation.published", "alert.opened", "alert.resolved", "payments.recent"]

# What an event says of an alert; its message, the application's own text, is left to /v1/alerts.
ALERT_COLUMNS = (
    "alert_id",
    "origin",
    "type",
    "severity",
    "subject",
    "raised_at",
    "resolved_at",
)


@dataclass(frozen=True)
class Event:
    """Something that happened; `id` is the generation that was served then, if there was one."""

    name: Name
    id: str | None
    data: Mapping[str, Any]

    def as_snapshot(self) -> Event:
        """Return the event as a part of the state that a new connection is sent."""
        return Event(self.name, self.id, {**self.data, "snapshot": True})


def generation_published(generation: Generation) -> Event:
    """Return the event that a generation is served now."""
    data = {
        "generation": generation.id,
        "as_of": instant(generation.as_of),
        "published_at": instant(generation.published_at),
        "expected_by": instant(generation.expected_by),
        "snapshot": False,
    }
    return Event(GENERATION_PUBLISHED, generation.id, data)


def alert_changed(name: Name, alert: Row, generation: Generation) -> Event:
    """Return the event that an alert was opened or resolved, as a generation says."""
    data = {column: plain(alert[column]) for column in ALERT_COLUMNS}
    return Event(name, generation.id, {**data, "generation": generation.id, "snapshot": False})


def payments_recent(
    payments: Sequence[Row], since: datetime, until: datetime, generation_id: str | None
) -> Event:
    """Return the event that says what was paid lately.

    Args:
        payments: a row for each currency: `currency`, `count`, `amount_minor`.
        since: the beginning of the window, aware.
        until: its end.
        generation_id: of the generation that is served.
    """
    data = {
        "provisional": True,
        "since": instant(since),
        "until": instant(until),
        "payments": [dict(row) for row in payments],
        "snapshot": False,
    }
    return Event(PAYMENTS_RECENT, generation_id, data)
