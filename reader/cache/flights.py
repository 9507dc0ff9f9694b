"""One at a time: whoever asks what is just being worked out waits for it instead."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


class AbandonedError(Exception):
    """Who was at it will not tell: ask as if nobody had been."""


@dataclass(frozen=True)
class Flight(Generic[T]):
    """One piece of work; who was first does it, the others wait for `future`."""

    name: str
    future: Future[T]
    is_mine: bool


class Flights(Generic[T]):
    """The work that is under way in this process, by name; for threads and the event loop."""

    def __init__(self) -> None:
        self._under_way: dict[str, Future[T]] = {}
        self._guard = threading.Lock()

    def join(self, name: str) -> Flight[T]:
        """Return the flight of a name; whose it is must `land` or `fail` it."""
        with self._guard:
            future = self._under_way.get(name)
            if future is not None:
                return Flight(name, future, is_mine=False)
            future = self._under_way[name] = Future()
            return Flight(name, future, is_mine=True)

    def land(self, flight: Flight[T], result: T) -> None:
        """Tell everybody who waits; a flight that has ended already stays as it is."""
        if self._ends(flight):
            flight.future.set_result(result)

    def fail(self, flight: Flight[T], error: Exception) -> None:
        """Let everybody who waits fail alike: trying one by one would only take longer."""
        if self._ends(flight):
            flight.future.set_exception(error)

    def _ends(self, flight: Flight[T]) -> bool:
        with self._guard:
            if self._under_way.get(flight.name) is not flight.future:
                return False
            del self._under_way[flight.name]
            return True
