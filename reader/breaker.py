"""A breaker: after some failures in a row, what fails is left alone for a while."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)

FAILURES = 3
REST_SECONDS = 5.0


class Breaker:
    """Says whether something that fails is worth another try; for many threads at once.

    It opens after a few failures in a row. Then one caller in each rest is let through; once one
    succeeds it closes again. Each opening and closing is one line in the log, however many fail.

    Args:
        name: what is behind it, for the log.
        failures: in a row, that open it.
        rest_seconds: between two tries while it is open.
        clock: seconds of a monotonic clock.
    """

    def __init__(
        self,
        name: str,
        *,
        failures: int = FAILURES,
        rest_seconds: float = REST_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._most = failures
        self._rest_seconds = rest_seconds
        self._clock = clock
        self._in_a_row = 0
        self._next_try = 0.0
        self._guard = threading.Lock()

    @property
    def is_open(self) -> bool:
        """Whether it has given up for now."""
        return self._in_a_row >= self._most

    def allows(self) -> bool:
        """Return whether to try; while it is open, to one caller in each rest."""
        if not self.is_open:
            return True
        with self._guard:
            now = self._clock()
            if now < self._next_try:
                return False
            self._next_try = now + self._rest_seconds
            return True

    def succeeded(self) -> None:
        """Note that a try succeeded."""
        if self._in_a_row == 0:
            return
        with self._guard:
            was_open, self._in_a_row = self.is_open, 0
        if was_open:
            logger.warning("%s answers again", self._name)

    def failed(self, error: BaseException) -> None:
        """Note that a try failed."""
        with self._guard:
            was_open = self.is_open
            self._in_a_row += 1
            self._next_try = self._clock() + self._rest_seconds
        if self.is_open and not was_open:
            logger.warning("%s is left alone until it answers: %s", self._name, _said(error))


def _said(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
