"""How fast Stripe is asked: a share of the account's limit, so that the shop keeps the rest."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

# Stripe allows one endpoint a quarter of a live account's 100 requests a second.
ENDPOINT_SHARE: Final = 0.4
ENDPOINT_LIMIT: Final = 25.0
_BURST_SECONDS: Final = 0.2


class Pace:
    """Lets at most `rate` callers a second through, in bursts of a fifth of that."""

    def __init__(
        self,
        rate: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._interval = 1 / rate
        self._tolerance = max(0.0, _BURST_SECONDS - self._interval)
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._due = 0.0
        self._held_until = 0.0

    def wait(self) -> None:
        """Return when it is the caller's turn."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._due - self._tolerance, self._held_until)
            self._due = max(turn, self._due) + self._interval
        if turn > now:
            self._sleep(turn - now)

    def hold(self, seconds: float) -> None:
        """Let nobody through for so long: the server has asked for a pause."""
        with self._lock:
            self._held_until = max(self._held_until, self._clock() + seconds)


class EndpointPaces:
    """One pace for the account and one for each family of endpoints (`invoices`, `charges`…)."""

    def __init__(self, rate: float) -> None:
        self._account = Pace(rate)
        self._endpoint_rate = min(ENDPOINT_LIMIT, max(1.0, rate * ENDPOINT_SHARE))
        self._endpoints: dict[str, Pace] = {}
        self._lock = threading.Lock()

    def wait(self, endpoint: str) -> None:
        """Return when the account and the endpoint both have room."""
        self._of(endpoint).wait()
        self._account.wait()

    def hold(self, endpoint: str, seconds: float, reason: str) -> None:
        """Pause what the server's `Stripe-Rate-Limited-Reason` is about."""
        pace = self._of(endpoint) if reason.startswith("endpoint") else self._account
        pace.hold(seconds)

    def _of(self, endpoint: str) -> Pace:
        with self._lock:
            return self._endpoints.setdefault(endpoint, Pace(self._endpoint_rate))
