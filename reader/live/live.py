"""Live updates of one process: the watcher, and the two ways out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

from fastapi.sse import format_sse_event

from reader.auth import Principal
from reader.database import Published
from reader.guard import Protection
from reader.live.events import Event
from reader.live.holding import until_over
from reader.live.hub import ClosedError, Hub
from reader.live.nudges import Nudges
from reader.live.sockets import Sockets
from reader.live.watcher import Watcher
from reader.representations import to_json
from warehouse.operations import Inbox
from warehouse.settings import Settings

logger = logging.getLogger(__name__)

# Shorter than what proxies take for a connection that is dead.
HEARTBEAT_SECONDS: Final = 15.0
_RETRY_MILLISECONDS: Final = 2000
_AGAIN_SECONDS: Final = 5.0


class Live:
    """What tells clients that something changed.

    Args:
        settings: Redis, the mode of payments, the origins of other dashboards.
        generations: what is published.
        inbox: what Stripe's webhooks told of.
        protection: who may listen.
        alone: whether no other process serves the same address.
    """

    def __init__(
        self,
        settings: Settings,
        generations: Published,
        inbox: Inbox,
        protection: Protection,
        *,
        alone: bool = True,
    ) -> None:
        self._protection = protection
        self._hub = Hub()
        self._streams = 0
        self._is_running = False
        self._redis_url = settings.redis_url
        self._nudges: Nudges | None = None
        self._watcher = Watcher(
            generations, inbox, self._hub, only_live=settings.live_mode, on_news=self._tell_others
        )
        self.sockets = Sockets(
            protection,
            self._hub,
            self._watcher,
            origins=settings.reader_allowed_origins,
            may_poll=alone,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Watch and send while inside."""
        if self._redis_url is not None:
            self._nudges = Nudges(self._redis_url.get_secret_value(), self._watcher.nudge)
        parts = [self._watcher.run, self.sockets.run]
        if self._nudges is not None:
            parts.append(self._nudges.run)
        tasks = [asyncio.create_task(kept_up(part)) for part in parts]
        self._is_running = True
        try:
            yield
        finally:
            await self.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if self._nudges is not None:
                await self._nudges.close()

    async def close(self) -> None:
        """End every stream and socket: clients come back to whoever serves next."""
        self._is_running = False
        self._hub.close()
        await self.sockets.close()

    @property
    def connections(self) -> dict[str, int]:
        """How many clients listen, by way."""
        return {"sse": self._streams, "socketio": self.sockets.count}

    async def stream(
        self,
        principal: Principal,
        headers: Mapping[str, str],
        cookies: Mapping[str, str],
        last_event_id: str | None,
    ) -> AsyncIterator[bytes]:
        """Yield Server-Sent Events until the credential ends or the listener falls behind.

        While nothing is watched, before the start and after the end, the stream is over at once.
        """
        yield format_sse_event(retry=_RETRY_MILLISECONDS)
        if not self._is_running:
            return
        authenticator = self._protection.authenticator
        with self._hub.subscription() as subscription:
            holding = asyncio.create_task(until_over(authenticator, principal, headers, cookies))
            holding.add_done_callback(lambda _: subscription.close())
            self._streams += 1
            try:
                state = await self._watcher.state(last_event_id)
                # Only the last has an id: who is cut off before it is told all of it again.
                for event in state[:-1]:
                    yield _as_sse(replace(event, id=None))
                for event in state[-1:]:
                    yield _as_sse(event)
                while True:
                    next_event = await subscription.next(HEARTBEAT_SECONDS)
                    yield _as_sse(next_event) if next_event else b": still here\n\n"
            except ClosedError:
                return
            finally:
                self._streams -= 1
                holding.cancel()

    def _tell_others(self) -> None:
        if self._nudges is not None:
            self._nudges.send()


async def kept_up(part: Callable[[], Awaitable[None]], pause: float = _AGAIN_SECONDS) -> None:
    """Run a part to its end, and anew when it fails: else nobody would see that it has stopped.

    Args:
        part: what runs until it is closed or cancelled.
        pause: seconds before it is run anew.
    """
    while True:
        try:
            await part()
        except Exception:
            # Which errors are to be expected each part knows itself; this one is a defect.
            logger.exception("a part of the live updates failed, and begins anew")
        else:
            return
        await asyncio.sleep(pause)


def _as_sse(event: Event) -> bytes:
    return format_sse_event(data_str=to_json(event.data).decode(), event=event.name, id=event.id)
