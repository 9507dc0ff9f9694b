"""What goes wrong on purpose: a plan that tests write, off unless given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sandbox.stripe_api.errors import ApiError, rate_limited

ANY_ENDPOINT: Final = "*"

ALWAYS: Final = 2**31
"""As ``Fault.times``: a fault that does not go away, such as a missing permission."""

RATE_LIMITED_REASONS: Final = (
    "global-rate",
    "endpoint-rate",
    "global-concurrency",
    "endpoint-concurrency",
    "resource-specific",
)
"""What ``Stripe-Rate-Limited-Reason`` may say in a 429."""

_MESSAGES = {
    409: (
        "This object cannot be accessed right now because another API request is currently "
        "accessing it.",
        "lock_timeout",
    ),
}
_UNKNOWN_ERROR = "An unknown error occurred. We have been notified and are looking into it."


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing going wrong.

    Args:
        endpoint: the path with ``{id}`` for ids, as ``/v1/invoices/{id}/lines``; ``*`` for any.
        call: the first call of that endpoint it happens to, counted from 1.
        times: on how many calls in a row; ``ALWAYS`` for all.
        status: answered instead of the page: 429, 409, 500, …; 403 as to a key that lacks the
            endpoint's permission.
        reason: the limit a 429 names, one of ``RATE_LIMITED_REASONS``.
        retry_after: seconds named in a 429; None for a 429 that does not say.
        before: called before anything is answered, in a thread of its own: a test can change
            objects between two pages.
        delay_seconds: waited before anything is answered.
        chunk_bytes: send the body in chunks of so many bytes; whole when 0.
        chunk_seconds: waited before each chunk.
        cut: break the connection in the middle of the body.
        drop: break the connection before the first byte of the answer.

    Raises:
        ValueError: for a reason Stripe does not give.
    """

    endpoint: str
    call: int = 1
    times: int = 1
    status: int | None = None
    reason: str = "global-rate"
    retry_after: int | None = 1
    before: Callable[[], object] | None = None
    delay_seconds: float = 0.0
    chunk_bytes: int = 0
    chunk_seconds: float = 0.0
    cut: bool = False
    drop: bool = False

    def __post_init__(self) -> None:
        """Reject a plan that Stripe could not carry out."""
        if self.reason not in RATE_LIMITED_REASONS:
            raise ValueError(
                f"{self.reason!r} is no reason for a 429: choose {', '.join(RATE_LIMITED_REASONS)}"
            )

    def error(self, refusal: ApiError) -> ApiError | None:
        """Return the answer it puts in place of the right one, if any.

        Args:
            refusal: what a key without the endpoint's permission is told.
        """
        if self.status is None:
            return None
        if self.status == 403:
            return refusal
        if self.status == 429:
            return rate_limited(self.reason, self.retry_after)
        message, code = _MESSAGES.get(self.status, (_UNKNOWN_ERROR, None))
        return ApiError(self.status, message, code=code)


class FaultPlan:
    """Faults by endpoint and number of the call."""

    def __init__(self, *faults: Fault) -> None:
        self._faults = list(faults)
        self._calls: Counter[str] = Counter()

    def add(self, fault: Fault) -> None:
        """Plan one more; its calls are counted from the start of the server."""
        self._faults.append(fault)

    def next_call(self, endpoint: str) -> list[Fault]:
        """Count a call and return what goes wrong with it."""
        self._calls.update((endpoint, ANY_ENDPOINT))
        return [
            fault
            for fault in self._faults
            if fault.endpoint in (endpoint, ANY_ENDPOINT)
            and fault.call <= self._calls[fault.endpoint] < fault.call + fault.times
        ]
