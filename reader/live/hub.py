"""Handing events to everybody who listens in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from reader.live.events import Event

# Who is so far behind is better off with a new connection, which begins with the current state.
_MOST_WAITING = 256


class ClosedError(Exception):
    """Nothing more will come."""


class Subscription:
    """The events of one listener, in their order."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[Event | None] = asyncio.Queue(_MOST_WAITING)
        self._is_closed = False

    def put(self, event: Event) -> None:
        """Hand over an event; a listener that does not keep up is closed."""
        if self._waiting.full():
            self.close()
        elif not self._is_closed:
            self._waiting.put_nowait(event)

    def close(self) -> None:
        """End it, whatever still waits."""
        self._is_closed = True
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._waiting.put_nowait(None)

    async def next(self, seconds: float | None = None) -> Event | None:
        """Return the next event, or None if none came in so many seconds.

        Raises:
            ClosedError: nothing more will come.
        """
        try:
            async with asyncio.timeout(seconds):
                event = await self._waiting.get()
        except TimeoutError:
            return None
        if event is None:
            # For whoever asks again.
            self._waiting.put_nowait(None)
            raise ClosedError
        return event


class Hub:
    """The listeners of one process; only for its event loop."""

    def __init__(self) -> None:
        self._listeners: set[Subscription] = set()
        self._is_closed = False

    def publish(self, event: Event) -> None:
        """Hand an event to everybody."""
        for listener in self._listeners:
            listener.put(event)

    @contextmanager
    def subscription(self) -> Iterator[Subscription]:
        """Listen while inside."""
        listener = Subscription()
        if self._is_closed:
            listener.close()
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def close(self) -> None:
        """End everything that listens, and what will."""
        self._is_closed = True
        for listener in self._listeners:
            listener.close()
