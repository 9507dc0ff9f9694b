"""How fast Stripe is asked: a share of the account's limit, so that the shop keeps the rest.

Limits are not in the API: a pace starts at what is documented and finds the true one by additive
increase and multiplicative decrease, as `429` answers say which limit was met.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

# Stripe allows one endpoint a quarter of a live account's 100 requests a second.
ENDPOINT_SHARE: Final = 0.4
ENDPOINT_LIMIT: Final = 25.0
ACCOUNT_LIMIT: Final = 100.0
_BURST_SECONDS: Final = 0.2
_DECREASE: Final = 0.5
_SLOWEST: Final = 1.0
# A halved rate is back after twenty seconds without another 429.
_INCREASE_PER_SECOND: Final = 0.025
# Requests under way when a limit is met are refused together: they count once.
_ONE_REFUSAL_SECONDS: Final = 1.0


class Pace:
    """Lets at most `rate` callers a second through, in bursts of a fifth of that."""

    def __init__(
        self,
        rate: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._ceiling = self._rate = rate
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._due = 0.0
        self._held_until = 0.0
        self._refused_at = float("-inf")

    @property
    def rate(self) -> float:
        """How many callers a second are let through just now."""
        return self._rate

    def wait(self) -> None:
        """Return when it is the caller's turn."""
        with self._lock:
            now = self._clock()
            interval = 1 / self._rate
            tolerance = max(0.0, _BURST_SECONDS - interval)
            turn = max(now, self._due - tolerance, self._held_until)
            self._due = max(turn, self._due) + interval
        if turn > now:
            self._sleep(turn - now)

    def hold(self, seconds: float) -> None:
        """Let nobody through for so long, and fewer after that: a limit was met."""
        with self._lock:
            now = self._clock()
            self._held_until = max(self._held_until, now + seconds)
            if now - self._refused_at >= _ONE_REFUSAL_SECONDS:
                self._rate = max(min(_SLOWEST, self._ceiling), self._rate * _DECREASE)
                self._refused_at = now

    def answered(self) -> None:
        """Take note of an answer that was no refusal: the rate grows back towards its ceiling."""
        if self._rate < self._ceiling:
            with self._lock:
                step = self._ceiling * _INCREASE_PER_SECOND / self._rate
                self._rate = min(self._ceiling, self._rate + step)


class EndpointPaces:
    """One pace for the account and one for each family of endpoints (`invoices`, `charges`…)."""

    def __init__(self, rate: float) -> None:
        self._account = Pace(rate)
        # Whose account may ask more than 100 times a second may ask one endpoint more than 25.
        usual = min(ENDPOINT_LIMIT, max(1.0, rate * ENDPOINT_SHARE))
        self._endpoint_rate = max(usual, rate * ENDPOINT_LIMIT / ACCOUNT_LIMIT)
        self._endpoints: dict[str, Pace] = {}
        self._lock = threading.Lock()

    def wait(self, endpoint: str) -> None:
        """Return when the account and the endpoint both have room."""
        self._of(endpoint).wait()
        self._account.wait()

    def hold(self, endpoint: str, seconds: float, reason: str) -> None:
        """Pause what the server's `Stripe-Rate-Limited-Reason` is about, and slow it down."""
        pace = self._of(endpoint) if reason.startswith("endpoint") else self._account
        pace.hold(seconds)

    def answered(self, endpoint: str) -> None:
        """Take note of an answer that was no refusal."""
        self._of(endpoint).answered()
        self._account.answered()

    def _of(self, endpoint: str) -> Pace:
        with self._lock:
            return self._endpoints.setdefault(endpoint, Pace(self._endpoint_rate))
