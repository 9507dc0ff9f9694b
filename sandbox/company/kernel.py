"""The clock, the diary and the ledger of the simulated company.

A discrete-event simulation: a heap of things to come, taken in order of time. What happens can
put further things on the heap and facts on the ledger. Nothing may depend on how far the
simulation is asked to run, so a world advanced in two steps equals one advanced in one.
"""

import heapq
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from sandbox.ledger import Fact

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
_STRIPE_DIGITS = bytes(ord(_BASE62[byte % 62]) for byte in range(256))
_APP_DIGITS = bytes(ord(_BASE36[byte % 36]) for byte in range(256))


class Kernel:
    """Time, randomness, identifiers and facts.

    Args:
        seed: the same seed gives the same company.
        start: the first instant of the world (aware UTC).
    """

    def __init__(self, seed: int, start: datetime) -> None:
        self.seed = seed
        self.start = start
        self.now = start
        self.ledger: list[Fact] = []
        self._diary: list[tuple[datetime, int, Callable[..., None], tuple[Any, ...]]] = []
        self._entries = 0
        self._counters: dict[str, int] = {}

    def schedule(self, at: datetime, action: Callable[..., None], *args: Any) -> None:
        """Have ``action(*args)`` happen at ``at``, or now if that is past.

        The action is pickled with the world: a bound method, not a lambda.
        """
        self._entries += 1
        heapq.heappush(self._diary, (max(at, self.now), self._entries, action, args))

    def after(self, delay: timedelta, action: Callable[..., None], *args: Any) -> None:
        """Have ``action(*args)`` happen ``delay`` from now."""
        self.schedule(self.now + delay, action, *args)

    def run(self, until: datetime) -> None:
        """Let everything happen that is due before ``until``, and set the clock there."""
        while self._diary and self._diary[0][0] < until:
            at, _, action, args = heapq.heappop(self._diary)
            self.now = at
            action(*args)
        self.now = until

    def record(self, fact: Fact) -> None:
        """Add a fact to the ledger.

        Raises:
            ValueError: if the fact is not of this instant, so that the ledger stays in order.
        """
        if fact.at != self.now:
            raise ValueError(f"{fact} is not of {self.now}")
        self.ledger.append(fact)

    def random(self, *name: object) -> random.Random:
        """Return a source of randomness of its own for whoever is named."""
        return random.Random("/".join(map(str, (self.seed, *name))))  # noqa: S311 - a simulation

    def stripe_id(self, prefix: str) -> str:
        """Return a new identifier such as ``cus_9sK…``, the same in every run."""
        digest = self._digest(prefix, 24).translate(_STRIPE_DIGITS).decode()
        return f"{prefix}_{digest[:14] if prefix in {'cus', 'prod', 'si'} else digest}"

    def app_id(self, kind: str) -> str:
        """Return a new identifier of the application, like a cuid."""
        return "c" + self._digest(kind, 24).translate(_APP_DIGITS).decode()

    def _digest(self, kind: str, size: int) -> bytes:
        number = self._counters[kind] = self._counters.get(kind, 0) + 1
        return blake2b(f"{self.seed}:{kind}:{number}".encode(), digest_size=size).digest()
