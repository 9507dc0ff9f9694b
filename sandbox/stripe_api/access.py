"""Who may ask, and how often: keys with permissions, and rate limits."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sandbox.stripe_api.errors import forbidden, no_key, rate_limited, wrong_key


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of the account.

    Args:
        secret: such as ``sk_test_…``, or ``rk_test_…`` for a restricted one.
        permissions: what a restricted key may do, such as ``rak_charge_read``; None is everything.
    """

    secret: str
    permissions: frozenset[str] | None = None


class Keys:
    """The keys the account accepts."""

    def __init__(self, keys: Iterable[str | ApiKey]) -> None:
        made = (ApiKey(key) if isinstance(key, str) else key for key in keys)
        self._by_secret = {key.secret: key for key in made}

    def authenticate(self, authorization: str | None) -> ApiKey:
        """Return the key of an ``Authorization`` header (Bearer, or Basic with the key as user).

        Raises:
            ApiError: 401 without a key or with one of no account.
        """
        secret = _secret(authorization or "")
        if not secret:
            raise no_key()
        key = self._by_secret.get(secret)
        if key is None:
            raise wrong_key(secret)
        return key


def _secret(authorization: str) -> str:
    scheme, _, value = authorization.strip().partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""


def check_permission(key: ApiKey, permission: str, account_id: str) -> None:
    """Let a key through, or not.

    Raises:
        ApiError: 403 for a restricted key without the permission.
    """
    if key.permissions is not None and permission and permission not in key.permissions:
        raise forbidden(key.secret, account_id, permission)


@dataclass
class _Bucket:
    """Tokens that come back at a steady rate, up to one second's worth."""

    per_second: int
    tokens: float
    at: float

    def wait(self, now: float) -> float:
        """Return the seconds until a token is there; 0 if one is there now."""
        grown = self.tokens + (now - self.at) * self.per_second
        self.tokens, self.at = min(float(self.per_second), grown), now
        return 0.0 if self.tokens >= 1 else (1 - self.tokens) / self.per_second


@dataclass
class RateLimits:
    """Stripe's limits on reads, apart for each account: for all of it and for each endpoint.

    Args:
        global_per_second: requests of the account; Stripe gives 100 in live mode.
        endpoint_per_second: requests of one endpoint; Stripe gives 25.
        clock: monotonic seconds, real ones unless a test says otherwise.
    """

    global_per_second: int = 100
    endpoint_per_second: int = 25
    clock: Callable[[], float] = time.monotonic
    _buckets: dict[tuple[str, str], _Bucket] = field(default_factory=dict)

    def check(self, endpoint: str, account_id: str = "") -> None:
        """Count a request to an endpoint of an account.

        Raises:
            ApiError: 429 naming the limit, with ``Retry-After`` in whole seconds.
        """
        now = self.clock()
        limits = (
            ("", self.global_per_second, "global-rate"),
            (endpoint, self.endpoint_per_second, "endpoint-rate"),
        )
        taken: list[_Bucket] = []
        for name, rate, reason in limits:
            bucket = self._buckets.setdefault((account_id, name), _Bucket(rate, float(rate), now))
            wait = bucket.wait(now)
            if wait > 0:
                raise rate_limited(reason, retry_after=max(1, round(wait)))
            taken.append(bucket)
        for bucket in taken:
            bucket.tokens -= 1
