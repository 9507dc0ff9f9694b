"""Published generations as the routes see them: one, pinned, read under a time limit.

A request resolves its generation once and reads only that one, so it can't mix two states of the
data, whatever is published meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from reader.errors import NoGenerationError, QueryTimeoutError
from reader.watchdog import Watchdog
from warehouse.errors import TillhouseError
from warehouse.generations import Generation, PinnedConnection, open_reader, published
from warehouse.settings import Settings

__all__ = ["Connection", "Generation", "Published", "Row"]

Row = dict[str, Any]

QUERY_SECONDS = 10.0

_WATCHDOG = Watchdog()


@dataclass
class Connection:
    """A connection to one generation; what runs longer than the limit is stopped."""

    pinned: PinnedConnection
    seconds: float

    def table(self, name: str) -> str:
        """Return the qualified name of a published table."""
        return self.pinned.table(name)

    def fetch(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """Run one query and return its rows by column name; `?` marks a parameter.

        Raises:
            QueryTimeoutError: it ran into the time limit.
        """
        with self.limited() as pinned:
            cursor = pinned.execute(sql, parameters)
            names = [str(entry[0]) for entry in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    @contextmanager
    def limited(self) -> Iterator[PinnedConnection]:
        """Stop what runs inside once the time is up.

        Raises:
            QueryTimeoutError: it ran into the time limit.
        """
        with _WATCHDOG.watching(self.seconds, self.pinned.interrupt) as watch:
            try:
                yield self.pinned
            except Exception as error:
                if watch.is_late:
                    raise QueryTimeoutError(
                        f"the query took more than {self.seconds:g} s: ask for a shorter range"
                    ) from error
                raise


class Published:
    """The published generations of a warehouse; closed at the end with `close`."""

    def __init__(self, settings: Settings, *, seconds: float = QUERY_SECONDS) -> None:
        self._settings = settings
        self._reader = open_reader(settings)
        self._seconds = seconds

    def current(self) -> Generation:
        """Return the generation that is served now.

        Raises:
            NoGenerationError: nothing has been published, or it can't be read.
        """
        with _as_problem():
            return self._reader.current()

    def known(self) -> Generation | None:
        """Return the generation that is served now if that is known without waiting, else None."""
        return self._reader.known()

    def get(self, generation_id: str) -> Generation | None:
        """Return a generation that is kept, or None if it is gone."""
        with _as_problem():
            return self._reader.get(generation_id)

    def kept(self) -> list[Generation]:
        """Return what is published, newest first."""
        with _as_problem():
            return published(self._settings)

    @contextmanager
    def connect(self, generation: Generation) -> Iterator[Connection]:
        """Open a generation for reading.

        Raises:
            NoGenerationError: it can't be read.
        """
        with _as_problem(), self._reader.connect(generation) as pinned:
            yield Connection(pinned, self._seconds)

    def close(self) -> None:
        """Let go of what is open."""
        self._reader.close()


@contextmanager
def _as_problem() -> Iterator[None]:
    try:
        yield
    except TillhouseError as error:
        raise NoGenerationError(str(error)) from error
