"""What all processes share: signed answers in Redis, and who of them works one out.

Each call has a time limit that holds whatever happens on the way (name lookup, a slow server), and
a breaker stands before all of them. A failure of any kind is a miss.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from reader.breaker import Breaker
from reader.cache.answers import Answer, sealed, unsealed

CALL_SECONDS = 0.05

# Longer than any query may take: a holder that died is waited for a second at most, see `Cache`.
_LOCK_MILLISECONDS: Final = 15_000
_CALLS_AT_ONCE: Final = 8

Turn = Literal["mine", "another's", "nobody's"]
T = TypeVar("T")


@dataclass(frozen=True)
class Found:
    """What Redis says of a name: the answer, or whose turn it is to work it out."""

    answer: Answer | None
    turn: Turn


class SharedAnswers:
    """The answers in one Redis.

    Args:
        url: redis://…
        key: signs what is written.
        seconds: that one call may take.
        breaker: stands before the calls.
    """

    def __init__(
        self, url: str, key: bytes, *, seconds: float = CALL_SECONDS, breaker: Breaker | None = None
    ) -> None:
        self._key = key
        self._seconds = seconds
        self.breaker = breaker or Breaker("the cache in Redis")
        self._redis = redis.Redis.from_url(
            url,
            socket_timeout=seconds,
            socket_connect_timeout=seconds,
            retry=Retry(NoBackoff(), 0),
            max_connections=_CALLS_AT_ONCE,
        )
        self._threads = ThreadPoolExecutor(_CALLS_AT_ONCE, thread_name_prefix="redis")

    def ask(self, name: str) -> Found:
        """Return the answer of a name; if there is none, whether to work it out here."""

        def ask() -> list[Any]:
            pipeline = self._redis.pipeline(transaction=False)
            pipeline.get(name)
            pipeline.set(_lock(name), secrets.token_hex(8), nx=True, px=_LOCK_MILLISECONDS)
            return pipeline.execute(raise_on_error=False)

        replies = self._call(ask)
        if replies is None:
            return Found(None, "nobody's")
        value, locked = replies
        answer = unsealed(value, name, self._key)
        if isinstance(locked, Exception):
            return Found(answer, "nobody's")
        return Found(answer, "mine" if locked else "another's")

    def put(self, name: str, answer: Answer, seconds: float) -> None:
        """Keep an answer for some seconds, and let go of the turn."""

        def put() -> list[Any]:
            pipeline = self._redis.pipeline(transaction=False)
            pipeline.set(name, sealed(answer, name, self._key), px=max(1, int(seconds * 1000)))
            pipeline.delete(_lock(name))
            return pipeline.execute(raise_on_error=False)

        self._call(put)

    def give_up(self, name: str) -> None:
        """Let go of the turn without an answer."""
        self._call(lambda: self._redis.delete(_lock(name)))

    def close(self) -> None:
        """Let go of the connections."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._redis.close()

    def _call(self, work: Callable[[], T]) -> T | None:
        if not self.breaker.allows():
            return None
        call = self._threads.submit(work)
        try:
            result = call.result(self._seconds)
        except redis.ResponseError:
            # It answers, and says no: full, read only, still loading.
            self.breaker.succeeded()
            return None
        except (redis.RedisError, OSError, TimeoutError) as error:
            call.cancel()
            self.breaker.failed(error)
            return None
        self.breaker.succeeded()
        return result


def _lock(name: str) -> str:
    return f"{name}:lock"
