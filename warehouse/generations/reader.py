"""Reading what is published: the newest generation, or a pinned one, while others are published."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from warehouse.errors import TillhouseError
from warehouse.generations.manifest import SCHEMA_VERSION, Generation
from warehouse.generations.store import NoGenerationError, PinnedConnection, Store

logger = logging.getLogger(__name__)

_POLL_SECONDS = 0.5


class Reader:
    """Published generations, for many threads at once.

    A generation that can't be opened is not served: the last good one stays.

    Args:
        store: where the generations lie.
        poll_seconds: how long an answer about the pointer counts.
    """

    def __init__(self, store: Store, *, poll_seconds: float = _POLL_SECONDS) -> None:
        self._store = store
        self._poll_seconds = poll_seconds
        self._looked_at = float("-inf")
        self._marker: object = None
        self._current: Generation | None = None
        self._refused: str | None = None
        self._guard = threading.Lock()

    def current(self) -> Generation:
        """Return the generation that is served now.

        Raises:
            NoGenerationError: nothing is published yet.
        """
        with self._guard:
            if not self._is_up_to_date():
                # Taken before the look: a pointer that moves meanwhile is looked at again.
                marker = self._store.marker()
                self._look()
                self._looked_at, self._marker = time.monotonic(), marker
            if self._current is None:
                raise NoGenerationError("nothing is published yet: run `tillhouse refresh`")
            return self._current

    def known(self) -> Generation | None:
        """Return the generation that is served now, or None if only a look can tell.

        Nothing is waited for, so an event loop may ask.
        """
        return self._current if self._is_up_to_date() else None

    def get(self, generation_id: str) -> Generation | None:
        """Return a kept generation, or None if it is gone."""
        if self._current is not None and self._current.id == generation_id:
            return self._current
        return next((g for g in self._store.generations() if g.id == generation_id), None)

    @contextmanager
    def connect(self, generation: Generation | None = None) -> Iterator[PinnedConnection]:
        """Open one generation (the current one unless given) for one request."""
        with self._store.open(generation or self.current()) as connection:
            yield connection

    def close(self) -> None:
        """Close what is open."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _is_up_to_date(self) -> bool:
        """Whether the pointer has not moved since the last look, or that was just now."""
        marker = self._store.marker()
        if marker is None or self._refused is not None:
            return time.monotonic() - self._looked_at < self._poll_seconds
        return marker == self._marker and self._current is not None

    def _look(self) -> None:
        """Follow the pointer if it moved and what it names can be read."""
        active = None
        try:
            active = self._store.active_id()
            if active is not None and (self._current is None or active != self._current.id):
                self._current = self._opened(active)
            self._refused = None
        except TillhouseError as error:
            if self._current is None:
                raise
            if active != self._refused:
                logger.error("%s stays: %s", self._current.id, error)  # noqa: TRY400  one line
            self._refused = active

    def _opened(self, generation_id: str) -> Generation:
        generation = next((g for g in self._store.generations() if g.id == generation_id), None)
        if generation is None:
            raise NoGenerationError(f"the pointer names generation {generation_id}, which is gone")
        if generation.schema_version > SCHEMA_VERSION:
            raise NoGenerationError(
                f"generation {generation_id} has schema version {generation.schema_version}, "
                f"this reader knows {SCHEMA_VERSION}: update the reader"
            )
        with self._store.open(generation) as connection:
            connection.execute("select 1").fetchone()
        return generation
