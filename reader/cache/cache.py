"""The cache: this process's answers first, then Redis, then the query, by one asker at a time."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from typing import Final

from reader.cache.answers import Answer, Outcome
from reader.cache.flights import AbandonedError, Flight, Flights
from reader.cache.memory import Memory, jittered
from reader.cache.shared import SharedAnswers
from reader.errors import ReaderError
from warehouse.settings import Settings

# How long another process's answer is waited for before the query runs here as well.
_WAIT_SECONDS: Final = 1.0
_LOOK_EVERY_SECONDS: Final = 0.02

Result = tuple[Answer, Outcome]


class Cache:
    """The answers of one application.

    Args:
        memory: this process's; None: the cache is off, and each question runs its query.
        shared: those of all processes; None without Redis.
        seconds: how long an answer counts.
    """

    def __init__(self, memory: Memory | None, shared: SharedAnswers | None, seconds: float) -> None:
        self._memory = memory
        self._shared = shared
        self._seconds = seconds
        self._flights: Flights[Result] = Flights()

    @property
    def is_on(self) -> bool:
        """Whether anything is kept."""
        return self._memory is not None

    @property
    def is_degraded(self) -> bool:
        """Whether Redis is set and does not answer."""
        return self._shared is not None and self._shared.breaker.is_open

    def recall(self, generation_id: str, digest: str) -> Answer | None:
        """Return an answer that this process has; nothing is waited for."""
        return self._memory.get(generation_id, digest) if self._memory else None

    def join(self, generation_id: str, digest: str) -> Flight[Result]:
        """Return the flight of a question; whose it is hands it to `answer`."""
        return self._flights.join(_name(generation_id, digest))

    def answer(
        self,
        generation_id: str,
        digest: str,
        work_out: Callable[[], Answer],
        flight: Flight[Result] | None = None,
    ) -> Result:
        """Return the answer to a question, and how it was come by.

        A question that fails through a fault of the warehouse is answered from an older generation
        if that answer is kept: as `stale`, and with that generation's id in all of it.

        Args:
            generation_id: of the generation to read.
            digest: of the question.
            work_out: runs the query.
            flight: the question's, if this caller has joined it already.

        Raises:
            ReaderError: the query failed.
        """
        if self._memory is None:
            return work_out(), "bypass"
        found = self._memory.get(generation_id, digest)
        if flight is None:
            if found is not None:
                return found, "hit"
            flight = self.join(generation_id, digest)
            if not flight.is_mine:
                try:
                    return as_waiter(flight.future.result())
                except AbandonedError:
                    return work_out(), "miss"
        try:
            # It may have landed between the look and the joining.
            found = self._memory.get(generation_id, digest)
            result: Result = (found, "hit") if found else self._lead(flight.name, digest, work_out)
        except Exception as error:
            older = self._memory.older(digest) if _is_a_fault(error) else None
            if older is None:
                self._flights.fail(flight, error)
                raise
            result = older, "stale"
        self._flights.land(flight, result)
        return result

    def abandon(self, flight: Flight[Result]) -> None:
        """End a flight that has not come through `answer`, so that nobody waits for it."""
        self._flights.fail(flight, AbandonedError())

    def close(self) -> None:
        """Let go of the connections."""
        if self._shared is not None:
            self._shared.close()

    def _lead(self, name: str, digest: str, work_out: Callable[[], Answer]) -> Result:
        assert self._memory is not None  # noqa: S101  `answer` has seen to it
        if self._shared is None:
            answer = work_out()
            self._memory.put(digest, answer)
            return answer, "miss"
        found, is_our_turn = self._ask(self._shared, name)
        if found is not None:
            self._memory.put(digest, found)
            return found, "hit"
        try:
            answer = work_out()
        except Exception:
            if is_our_turn:
                self._shared.give_up(name)
            raise
        self._memory.put(digest, answer)
        self._shared.put(name, answer, jittered(self._seconds))
        return answer, "miss"

    def _ask(self, shared: SharedAnswers, name: str) -> tuple[Answer | None, bool]:
        """Return what Redis has once no other process is at it, or has been for too long."""
        until = time.monotonic() + _WAIT_SECONDS
        while True:
            found = shared.ask(name)
            if found.answer is not None or found.turn != "another's":
                return found.answer, found.turn == "mine"
            if time.monotonic() >= until:
                return None, False
            time.sleep(_LOOK_EVERY_SECONDS)


def open_cache(settings: Settings) -> Cache:
    """Return the cache that the settings ask for; nothing connects."""
    if not settings.enable_dashboard_cache:
        return Cache(None, None, 0)
    seconds = float(settings.dashboard_cache_ttl)
    shared = None
    if settings.redis_url is not None:
        key = hmac.digest(settings.reader_jwt_secret_value(), b"tillhouse cache v1", "sha256")
        shared = SharedAnswers(settings.redis_url.get_secret_value(), key)
    return Cache(Memory(seconds), shared, seconds)


def _name(generation_id: str, digest: str) -> str:
    return f"dash:v1:{generation_id}:{digest}"


def as_waiter(result: Result) -> Result:
    """Return a result as it is for who waited: what was a miss for the other is a hit."""
    answer, outcome = result
    return answer, "hit" if outcome == "miss" else outcome


def _is_a_fault(error: Exception) -> bool:
    return not isinstance(error, ReaderError) or error.status >= 500
