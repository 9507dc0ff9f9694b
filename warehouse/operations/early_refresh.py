"""Whether events in the inbox ask for a refresh before the schedule does.

One at a time, at most one a minute: a storm of events costs as many refreshes as fit one after
another, and each of them pulls everything that had happened when it began.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

AT_MOST_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Decision:
    """What to do now.

    Attributes:
        reason_to_wait: in words for people; None if a refresh is due.
        cursor: what to hand to the next decision.
    """

    reason_to_wait: str | None
    cursor: str | None

    @property
    def is_due(self) -> bool:
        """Whether to request a refresh."""
        return self.reason_to_wait is None


def early_refresh(
    newest_position: int, cursor: str | None, now: datetime, *, is_busy: bool
) -> Decision:
    """Return whether a refresh is due.

    Args:
        newest_position: that of the inbox.
        cursor: of the decision before; None at first.
        now: by the machine's clock, aware.
        is_busy: whether a refresh is queued or running; what arrives meanwhile waits for its end,
            since it may have read the list of events already.
    """
    seen, requested_at = _read(cursor)
    # Other than, not above: an inbox that was lost begins again at 1.
    if newest_position in (0, seen):
        return Decision("no new events", cursor)
    if is_busy:
        return Decision("a refresh is queued or running", cursor)
    if timedelta(0) <= now - requested_at < AT_MOST_EVERY:
        return Decision("a refresh was requested in the last minute", cursor)
    return Decision(None, f"{newest_position} {now.astimezone(UTC).isoformat()}")


def _read(cursor: str | None) -> tuple[int, datetime]:
    """Return the position seen, and when a refresh was last requested."""
    if not cursor:
        return 0, datetime.min.replace(tzinfo=UTC)
    position, requested_at = cursor.split(" ")
    return int(position), datetime.fromisoformat(requested_at)
