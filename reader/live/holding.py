"""How long a connection's credential holds: asked again and again while the connection lasts."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from starlette.concurrency import run_in_threadpool

from reader.auth import Authenticator, Principal
from reader.errors import ReaderError

LOOK_EVERY_SECONDS: Final = 2.0


async def until_over(
    authenticator: Authenticator,
    principal: Principal,
    headers: Mapping[str, str],
    cookies: Mapping[str, str],
) -> None:
    """Return once a credential holds no more, or nobody can tell whether it does.

    Args:
        authenticator: tells.
        principal: who the credential stood for when the connection was opened.
        headers: that came with it.
        cookies: that came with it.
    """
    while True:
        seconds = LOOK_EVERY_SECONDS
        if principal.expires_at is not None:
            seconds = min(seconds, (principal.expires_at - datetime.now(UTC)).total_seconds())
        if seconds <= 0:
            return
        await asyncio.sleep(seconds)
        try:
            if authenticator.recall(headers, cookies) is None:
                await run_in_threadpool(authenticator.authenticate, headers, cookies)
        except ReaderError:
            return
