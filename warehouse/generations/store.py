"""Where generations lie: what the file store and the PostgreSQL store both do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, Protocol

from warehouse.engines import Cursor, Row
from warehouse.errors import PublishError
from warehouse.generations.manifest import Generation, Publication

KEEP = 3
KEEP_FOR = timedelta(hours=24)


class NoGenerationError(PublishError):
    """Nothing is published yet, or not what was asked for."""


class PinnedConnection(Protocol):
    """A read-only connection to one generation, whatever is published meanwhile."""

    @property
    def generation(self) -> Generation:
        """The generation that is read."""

    def execute(self, sql: str, params: Sequence[Any] = ()) -> Cursor:
        """Run one statement; `?` marks a parameter."""

    def batches(self, sql: str, params: Sequence[Any], size: int) -> Iterator[list[Row]]:
        """Run one query and give its rows so many at a time, however many there are."""

    def table(self, name: str) -> str:
        """Return the qualified, quoted name of a published table.

        Raises:
            NoGenerationError: this generation has no such table.
        """

    def interrupt(self) -> None:
        """Stop the statement that runs; another thread may call it."""


class Store(Protocol):
    """The generations of one warehouse."""

    def publish(self, publication: Publication, now: datetime) -> Generation:
        """Build a generation, verify it and make it the active one."""

    def generations(self) -> list[Generation]:
        """Return what is published, newest first."""

    def active_id(self) -> str | None:
        """Return the id of the generation that readers get."""

    def marker(self) -> object | None:
        """Return what is another once the pointer has moved; None if only asking can tell.

        It takes microseconds.
        """

    def activate(self, generation: Generation) -> None:
        """Move the pointer."""

    def drop(self, generation: Generation) -> None:
        """Remove a generation that is not active."""

    def open(self, generation: Generation) -> AbstractContextManager[PinnedConnection]:
        """Open a generation for reading."""

    def close(self) -> None:
        """Let go of what is open for reading."""


def refuse_regress(publication: Publication, active: Generation | None) -> None:
    """Return if the data is at least as new as what is served.

    Raises:
        PublishError: it is older: a late, slow run must not move readers back in time.
    """
    if active is not None and publication.as_of < active.as_of:
        raise PublishError(
            f"the data reaches {publication.as_of:%Y-%m-%d %H:%M:%S}Z, the served generation "
            f"{active.id} reaches {active.as_of:%Y-%m-%d %H:%M:%S}Z: it stays; to go back in time, "
            "use `tillhouse generations --activate ID`"
        )


def refuse_shrinking(
    publication: Publication, rows: dict[str, int], active: Generation | None
) -> None:
    """Return if no table lost more than half of its rows; a full rebuild may.

    Raises:
        PublishError: one did, which is more often an accident than the truth.
    """
    if active is None or publication.mode == "full":
        return
    for name, count in rows.items():
        before = active.tables[name].rows if name in active.tables else 0
        if before >= 20 and count * 2 < before:
            raise PublishError(
                f"{name} would shrink from {before} rows to {count}: the served generation "
                f"{active.id} stays; if this is right, run `tillhouse refresh --mode full`"
            )


def superseded(
    generations: Sequence[Generation], active_id: str | None, now: datetime
) -> list[Generation]:
    """Return the generations that may go: not active, not of the newest three, a day old."""
    return [
        generation
        for generation in sorted(generations, key=lambda g: g.id, reverse=True)[KEEP:]
        if generation.id != active_id and now - generation.published_at > KEEP_FOR
    ]
