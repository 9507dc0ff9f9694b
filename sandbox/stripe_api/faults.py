"""What goes wrong on purpose: a plan that tests write, off unless given."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sandbox.stripe_api.errors import ApiError, rate_limited

ANY_ENDPOINT = "*"

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
        times: on how many calls in a row.
        status: answered instead of the page: 429, 409, 500, …
        retry_after: seconds named in a 429.
        delay_seconds: waited before anything is answered.
        cut: break the connection in the middle of the body.
    """

    endpoint: str
    call: int = 1
    times: int = 1
    status: int | None = None
    retry_after: int = 1
    delay_seconds: float = 0.0
    cut: bool = False

    def error(self) -> ApiError | None:
        """Return the answer it puts in place of the right one, if any."""
        if self.status is None:
            return None
        if self.status == 429:
            return rate_limited("global-rate", self.retry_after)
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
