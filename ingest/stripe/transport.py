"""The SDK's HTTP client with the patience it lacks: a 429 ends it, and Retry-After goes unread."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final
from urllib.parse import urlsplit

import requests
import stripe
import urllib3

from ingest.stripe.pace import EndpointPaces

logger = logging.getLogger(__name__)

RETRIED_STATUSES: Final = frozenset({408, 409, 429})
FIRST_PAUSE_SECONDS: Final = 0.5
LONGEST_PAUSE_SECONDS: Final = 20.0
LONGEST_RETRY_AFTER_SECONDS: Final = 60.0

Response = tuple[bytes, int, Mapping[str, str]]

# Those that are open and idle at most: as many as workers ask at a time.
_CONNECTIONS: Final = 64


class PatientTransport(stripe.RequestsClient):
    """Sends a request in its turn, and again after a 429, 408, 409, 5xx or a broken connection."""

    name = "requests"

    def __init__(
        self,
        paces: EndpointPaces,
        *,
        attempts: int,
        base: str,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(timeout=80, session=session_for(base))
        self._paces = paces
        self._attempts = attempts
        self._sleep = sleep
        self._counting = threading.Lock()
        self._of_thread = threading.local()
        self.requests_sent = 0

    @property
    def answer_seconds(self) -> float:
        """How long the last answer to the calling thread took to begin."""
        seconds: float = getattr(self._of_thread, "answer_seconds", 0.0)
        return seconds

    def request(  # type: ignore[override]  # as in the SDK's own subclasses
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
    ) -> Response:
        """Return the last attempt's response, whatever its status.

        Raises:
            stripe.APIConnectionError: no attempt got one.
        """
        endpoint = endpoint_of(url)
        for attempt in range(1, self._attempts):
            self._take_turn(endpoint)
            try:
                response = self._send(method, url, headers, post_data)
            except stripe.APIConnectionError as error:
                if isinstance(error.__cause__, requests.exceptions.SSLError):
                    raise
                pause, why = backoff(attempt), type(error.__cause__).__name__
            else:
                _, status, response_headers = response
                if status not in RETRIED_STATUSES and status < 500:
                    self._paces.answered(endpoint)
                    return response
                pause, why = pause_after(response_headers, attempt), f"status {status}"
                if status == 429:
                    reason = response_headers.get("Stripe-Rate-Limited-Reason", "")
                    self._paces.hold(endpoint, pause, reason)
            logger.info("%s: %s, trying again in %.1f s", endpoint, why, pause)
            self._sleep(pause)
        self._take_turn(endpoint)
        return self._send(method, url, headers, post_data)

    def _send(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any
    ) -> Response:
        """Send a request once, and read the answer's body in one go.

        The SDK reads it in pieces of 10 kB, thirty for a full page: twice the time of a request.
        """
        began = time.monotonic()
        body, status, response_headers = self.request_stream(method, url, headers, post_data)
        self._of_thread.answer_seconds = time.monotonic() - began
        try:
            return body.read(decode_content=True), status, response_headers
        except urllib3.exceptions.HTTPError as error:
            broken: Exception = stripe.APIConnectionError("the answer broke off")  # type: ignore[no-untyped-call]
            raise broken from error

    def _take_turn(self, endpoint: str) -> None:
        self._paces.wait(endpoint)
        with self._counting:
            self.requests_sent += 1


def session_for(base: str) -> requests.Session:
    """Return a session for all threads that has looked at the environment once.

    By itself `requests` looks for proxies, and for a password in `~/.netrc`, at each request, which
    is a sixth of what one costs. And what it finds there it would send in place of Stripe's key.

    Args:
        base: where the requests go; the environment may name a proxy for it.
    """
    session = requests.Session()
    session.trust_env = False
    # Threads share it, and what they share must not change.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.proxies.update(requests.utils.get_environ_proxies(base))
    adapter = requests.adapters.HTTPAdapter(pool_maxsize=_CONNECTIONS)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def endpoint_of(url: str) -> str:
    """Return the family of endpoints that a URL counts in: `invoices` for `/v1/invoices/in_1`."""
    parts = urlsplit(url).path.strip("/").split("/")
    return "/".join(parts[1:3]) if parts[1:2] == ["checkout"] else "/".join(parts[1:2])


def backoff(attempt: int) -> float:
    """Return the seconds to wait after so many attempts: doubling, with half of it random."""
    pause = min(FIRST_PAUSE_SECONDS * 2 ** (attempt - 1), LONGEST_PAUSE_SECONDS)
    return float(pause) * random.uniform(0.5, 1)  # noqa: S311  spreads retries, hides nothing


def pause_after(headers: Mapping[str, str], attempt: int) -> float:
    """Return the seconds that the server asks for in `Retry-After`, else the backoff's."""
    try:
        asked = float(headers.get("Retry-After", ""))
    except ValueError:
        return backoff(attempt)
    spread = random.uniform(0, 0.25)  # noqa: S311  several workers were told the same
    return min(max(asked, 0.0), LONGEST_RETRY_AFTER_SECONDS) + spread
