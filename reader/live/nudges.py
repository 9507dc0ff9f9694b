"""Telling the other processes to look: through Redis, if there is one.

A nudge carries nothing, so nothing can be forged with it, and one that is lost costs a second.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final

import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

_CHANNEL: Final = "tillhouse:live"
_CALL_SECONDS: Final = 0.05
_AGAIN_SECONDS: Final = 5.0


class Nudges:
    """The nudges of one process.

    Args:
        url: redis://…
        on_nudge: called when another process, or this one, has found something.
    """

    def __init__(self, url: str, on_nudge: Callable[[], None]) -> None:
        self._on_nudge = on_nudge
        self._sending = _client(url, _CALL_SECONDS)
        self._listening = _client(url, None)
        self._sent: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Listen until cancelled."""
        while True:
            try:
                async with self._listening.pubsub(ignore_subscribe_messages=True) as channel:
                    await channel.subscribe(_CHANNEL)
                    async for _ in channel.listen():
                        self._on_nudge()
            except (RedisError, OSError, TimeoutError) as error:
                logger.info("no nudges from other workers: %s", error)
            await asyncio.sleep(_AGAIN_SECONDS)

    def send(self) -> None:
        """Have the other processes look."""
        task = asyncio.get_running_loop().create_task(self._send())
        self._sent.add(task)
        task.add_done_callback(self._sent.discard)

    async def _send(self) -> None:
        try:
            async with asyncio.timeout(_CALL_SECONDS):
                await self._sending.publish(_CHANNEL, b"")
        except (RedisError, OSError, TimeoutError) as error:
            logger.info("the other workers will see it by themselves: %s", error)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._sending.aclose()
        await self._listening.aclose()


def _client(url: str, seconds: float | None) -> redis.asyncio.Redis:
    return redis.asyncio.Redis.from_url(
        url,
        socket_timeout=seconds,
        socket_connect_timeout=_AGAIN_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
