"""What one process keeps: the answers used last, up to so many bytes."""

from __future__ import annotations

import random
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from reader.cache.answers import Answer

MOST_BYTES = 64 * 1024 * 1024
_LARGEST = MOST_BYTES // 16
_JITTER = 0.1


@dataclass(slots=True)
class _Kept:
    answer: Answer
    fresh_until: float


class Memory:
    """The newest answer to each question, for many threads at once.

    Args:
        seconds: how long an answer counts; a tenth more or less, so that what was put together does
            not fall due together.
        most_bytes: what all of them may take.
        clock: seconds of a monotonic clock.
    """

    def __init__(
        self,
        seconds: float,
        *,
        most_bytes: int = MOST_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds = seconds
        self._most_bytes = most_bytes
        self._clock = clock
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._guard = threading.Lock()
        self.bytes = 0

    def get(self, generation_id: str, digest: str) -> Answer | None:
        """Return the answer to a question from a generation, if it is kept and still counts."""
        with self._guard:
            kept = self._kept.get(digest)
            if kept is None or kept.answer.generation != generation_id:
                return None
            if kept.fresh_until <= self._clock():
                return None
            self._kept.move_to_end(digest)
            return kept.answer

    def older(self, digest: str) -> Answer | None:
        """Return what is kept of a question, however old: better than an error."""
        with self._guard:
            kept = self._kept.get(digest)
            return kept.answer if kept else None

    def put(self, digest: str, answer: Answer) -> None:
        """Keep an answer instead of the one before; what was not used for longest makes room."""
        if answer.size > min(_LARGEST, self._most_bytes):
            return
        until = self._clock() + jittered(self._seconds)
        with self._guard:
            self._drop(digest)
            self._kept[digest] = _Kept(answer, until)
            self.bytes += answer.size
            while self.bytes > self._most_bytes:
                self._drop(next(iter(self._kept)))

    def _drop(self, digest: str) -> None:
        kept = self._kept.pop(digest, None)
        if kept is not None:
            self.bytes -= kept.answer.size


def jittered(seconds: float) -> float:
    """Return a length of time, a tenth more or less."""
    return seconds * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311  no secret
