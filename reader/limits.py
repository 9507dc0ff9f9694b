"""How much one token, and one address, may ask for in a minute; what is dear counts as several.

With REDIS_URL all workers count together. When Redis is away each counts for itself, to a quarter:
the limit gets lower, never lost, and no request fails or waits for it.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from limits import RateLimitItem, RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError

from reader.breaker import Breaker
from reader.errors import RateLimitedError
from warehouse.settings import Settings

_REDIS_SECONDS: Final = 0.1

# Of a limit, what each worker grants while it can't count with the others.
_LOCAL_PART: Final = 4

# A few megabytes. Beyond it new names are counted together, under one.
_MOST_NAMES: Final = 20_000
_THE_REST: Final = "the rest"

# An address may be a whole office.
_ADDRESS_FACTOR: Final = 3


@dataclass(frozen=True)
class Limit:
    """How much may be asked for, by whom.

    Attributes:
        item: how many units in which time.
        what: what is too much, for people.
    """

    item: RateLimitItem
    what: str


# A wrong secret is one in 2^256: these keep the log and the processor from whoever tries anyway.
FAILED_SIGN_INS: Final = Limit(
    RateLimitItemPerMinute(10, namespace="sign-in"), "too many sign-ins failed from this address"
)
REFUSALS: Final = Limit(
    RateLimitItemPerMinute(1_000, namespace="refused"), "too many requests without a valid token"
)
# Stripe sends what it could not deliver for days at once: twice 5,000 in ten seconds get through.
DELIVERIES: Final = Limit(
    RateLimitItemPerSecond(10_000, 10, namespace="webhook"), "too many webhooks at once"
)
_COSTS: Final = (
    ("/v1/export", 600),
    ("/v1/metrics/", 5),
    ("/v1/customers", 5),
)


def cost_of(path: str) -> int:
    """Return how many units a request to an address counts as."""
    return next((cost for beginning, cost in _COSTS if path.startswith(beginning)), 1)


def network_of(address: str) -> str:
    """Return what an address is counted as: of IPv6 the /64, all of which one client has."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        return str(ip_network((int(parsed) >> 64 << 64, 64)))
    return str(parsed)


class Limiter:
    """Counts the requests of one process, or of all that share a Redis."""

    def __init__(self, settings: Settings) -> None:
        amount = settings.reader_rate_limit
        self._principals = Limit(
            RateLimitItemPerMinute(amount, namespace="principal"), "too many requests of this token"
        )
        self._addresses = Limit(
            RateLimitItemPerMinute(_ADDRESS_FACTOR * amount, namespace="address"),
            "too many requests from this address",
        )
        self._memory = MemoryStorage()
        self._local = SlidingWindowCounterRateLimiter(self._memory)
        self._shared = _shared(settings)
        self._redis = Breaker("the count of requests in Redis", failures=1)

    @property
    def is_degraded(self) -> bool:
        """Whether Redis is set and does not count."""
        return self._redis.is_open

    async def charge(self, principal: str, network: str, cost: int) -> None:
        """Count a request of somebody who was let in.

        Raises:
            RateLimitedError: it is one too many.
        """
        await self.spend(self._principals, principal, cost)
        await self.spend(self._addresses, network, cost)

    async def spend(self, limit: Limit, name: str, cost: int = 1) -> None:
        """Count something under a name.

        Raises:
            RateLimitedError: it is too much; it is not counted then.
        """
        if not await self._is_within(limit, name, cost, counted=True):
            raise RateLimitedError(limit.what, await self._seconds(limit, name, cost))

    async def require_left(self, limit: Limit, name: str) -> None:
        """Return if more of something may happen under a name; nothing is counted.

        Raises:
            RateLimitedError: it may not.
        """
        if not await self._is_within(limit, name, 1, counted=False):
            raise RateLimitedError(limit.what, await self._seconds(limit, name, 1))

    async def count(self, limit: Limit, name: str) -> None:
        """Count something that has happened under a name."""
        await self._is_within(limit, name, 1, counted=True)

    async def _is_within(self, limit: Limit, name: str, cost: int, *, counted: bool) -> bool:
        if self._shared is not None and self._redis.allows():
            try:
                async with asyncio.timeout(_REDIS_SECONDS):
                    ask = self._shared.hit if counted else self._shared.test
                    is_within = await ask(limit.item, name, cost=cost)
            except (StorageError, TimeoutError, OSError) as error:
                self._redis.failed(error)
            else:
                self._redis.succeeded()
                return is_within
        ask = self._local.hit if counted else self._local.test
        return await ask(self._local_item(limit), self._known(limit, name), cost=cost)

    async def _seconds(self, limit: Limit, name: str, cost: int) -> int:
        """Return how long to wait until so much more may be asked for."""
        item = limit.item
        if self._shared is not None and not self._redis.is_open:
            return item.get_expiry()
        item = self._local_item(limit)
        key = item.key_for(self._known(limit, name))
        window = await self._memory.get_sliding_window(key, item.get_expiry())
        return _wait(item, cost, *window)

    def _local_item(self, limit: Limit) -> RateLimitItem:
        if self._shared is None:
            return limit.item
        item = limit.item
        amount = max(1, item.amount // _LOCAL_PART)
        return type(item)(amount, item.multiples, namespace=item.namespace)

    def _known(self, limit: Limit, name: str) -> str:
        """Return the name, or the common one of those that no more room is for."""
        if len(self._memory.storage) < _MOST_NAMES:
            return name
        _, current = self._memory.sliding_window_keys(
            limit.item.key_for(name), limit.item.get_expiry(), time.time()
        )
        return name if current in self._memory.storage else _THE_REST


class Slots:
    """How many things may go on at once, by name and altogether."""

    def __init__(self, each: int, altogether: int, what: str) -> None:
        self._each = each
        self._altogether = altogether
        self._what = what
        self._held: Counter[str] = Counter()

    @contextmanager
    def hold(self, name: str) -> Iterator[None]:
        """Hold one while something goes on.

        Raises:
            RateLimitedError: there is none left.
        """
        if self._held[name] >= self._each or self._held.total() >= self._altogether:
            raise RateLimitedError(f"too many {self._what} at once", 10)
        self._held[name] += 1
        try:
            yield
        finally:
            self._held[name] -= 1
            if not self._held[name]:
                del self._held[name]


def _wait(
    item: RateLimitItem,
    cost: int,
    previous: int,
    previous_seconds: float,
    current: int,
    current_seconds: float,
) -> int:
    """Return the seconds until a cost fits.

    The window before weighs less and less until it is over; then the current one takes its place.
    """
    length = item.get_expiry()
    room = item.amount - cost - current
    if room >= 0 and previous:
        seconds = previous_seconds - room * length / previous
    else:
        left = current_seconds - length if current else previous_seconds
        over = 1 - (item.amount - cost) / current if current else 0.0
        seconds = left + max(over, 0.0) * length
    return min(max(1, math.ceil(round(seconds, 3))), 2 * length)


def _shared(settings: Settings) -> SlidingWindowCounterRateLimiter | None:
    if settings.redis_url is None:
        return None
    storage = RedisStorage(
        f"async+{settings.redis_url.get_secret_value()}",
        wrap_exceptions=True,
        implementation="redispy",
        key_prefix="tillhouse:limits",
        socket_timeout=_REDIS_SECONDS,
        socket_connect_timeout=_REDIS_SECONDS,
    )
    return SlidingWindowCounterRateLimiter(storage)
