"""What was asked of the server, for tests and the curious."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Final

LOG_LENGTH: Final = 10_000
"""Requests kept; all are counted."""


@dataclass(frozen=True, slots=True)
class Logged:
    """One request that was answered; ``account_id`` is what ``Stripe-Account`` named, if sent."""

    method: str
    endpoint: str
    path: str
    query: str
    status: int
    account_id: str = ""


@dataclass
class RequestLog:
    """What was asked: every request counted, the last ten thousand kept."""

    entries: deque[Logged] = field(default_factory=lambda: deque(maxlen=LOG_LENGTH))
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, entry: Logged) -> None:
        """Count and keep a request."""
        self.entries.append(entry)
        self.counts[entry.endpoint] += 1

    def clear(self) -> None:
        """Start counting anew."""
        self.entries.clear()
        self.counts.clear()
