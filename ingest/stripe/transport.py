"""Requests to Stripe with patience: each in its turn, and again after what may pass.

On urllib3 alone: the SDK's client reads the environment and prepares everything anew for each
request, which takes three times as long, and has no patience: a 429 ends it.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import urllib3
from certifi import where
from requests.utils import get_auth_from_url, get_environ_proxies, select_proxy
from urllib3.exceptions import HTTPError, SSLError

from ingest.stripe.pace import EndpointPaces

logger = logging.getLogger(__name__)

RETRIED_STATUSES: Final = frozenset({408, 409, 429})
FIRST_PAUSE_SECONDS: Final = 0.5
LONGEST_PAUSE_SECONDS: Final = 20.0
LONGEST_RETRY_AFTER_SECONDS: Final = 60.0
_CONNECTIONS: Final = 64
_TIMEOUT_SECONDS: Final = 80

Response = tuple[bytes, int, Mapping[str, str]]


def connections(base: str) -> urllib3.PoolManager:
    """Return connections to a server, through the proxy that the environment names for it."""
    proxy = select_proxy(base, get_environ_proxies(base))
    kept: dict[str, Any] = {
        "maxsize": _CONNECTIONS,
        "timeout": _TIMEOUT_SECONDS,
        "ca_certs": where(),
    }
    if not proxy:
        return urllib3.PoolManager(**kept)
    user, password = get_auth_from_url(proxy)
    known = urllib3.make_headers(proxy_basic_auth=f"{user}:{password}") if user else None
    return urllib3.ProxyManager(proxy, proxy_headers=known, **kept)


class PatientTransport:
    """Sends a request in its turn, and again after a 429, 408, 409, 5xx or a broken connection.

    Args:
        pool: the connections.
        paces: when it is a request's turn.
        attempts: how often a request is sent before its failure counts.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        pool: urllib3.PoolManager,
        paces: EndpointPaces,
        *,
        attempts: int,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._pool = pool
        self._paces = paces
        self._attempts = attempts
        self._sleep = sleep
        self._counting = threading.Lock()
        self.requests_sent = 0

    def get(self, url: str, headers: Mapping[str, str]) -> Response:
        """Return the body, status and headers of the last attempt, whatever its status.

        Raises:
            HTTPError: no attempt was answered.
        """
        endpoint = endpoint_of(url)
        for attempt in range(1, self._attempts):
            self._take_turn(endpoint)
            try:
                response = self._send(url, headers)
            except SSLError:
                raise
            except HTTPError as error:
                pause, why = backoff(attempt), type(error).__name__
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
        return self._send(url, headers)

    def _send(self, url: str, headers: Mapping[str, str]) -> Response:
        asked = {"Accept-Encoding": "gzip", **headers}
        answer = self._pool.request("GET", url, headers=asked, retries=False, redirect=False)
        return answer.data, answer.status, answer.headers

    def _take_turn(self, endpoint: str) -> None:
        self._paces.wait(endpoint)
        with self._counting:
            self.requests_sent += 1


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
