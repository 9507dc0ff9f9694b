"""Answers on the wire: whole, in drips, cut short, or none at all."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sandbox.stripe_api.faults import Fault

_ABORT: Final = "sandbox.abort"
"""The extension by which a server lets the application break its connection."""


class AbortableProtocol(HttpToolsProtocol):
    """HTTP whose connections the application may break before it answers.

    ASGI knows no such thing: an application that returns without an answer is given a 500.
    """

    def on_message_begin(self) -> None:
        """Begin a request, and hand the application what breaks its connection."""
        super().on_message_begin()
        self.scope["extensions"] = {_ABORT: {"call": self.transport.abort}}


class FaultyResponse(Response):
    """An answer that goes out as the faults of its call say.

    Args:
        content: the body.
        status_code: the HTTP status.
        headers: the response headers.
        faults: what goes wrong.
    """

    media_type = "application/json"

    def __init__(
        self, content: bytes, status_code: int, headers: dict[str, str], faults: Sequence[Fault]
    ) -> None:
        super().__init__(content, status_code, headers)
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or fail to."""
        if any(fault.drop for fault in self._faults):
            await _drop(scope, receive)
            return
        body = bytes(self.body)
        cut = any(fault.cut for fault in self._faults)
        slow = next((fault for fault in self._faults if fault.chunk_bytes), None)
        await send(
            {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        )
        body = body[: len(body) // 2] if cut else body
        size = slow.chunk_bytes if slow else len(body)
        for begin in range(0, len(body), max(size, 1)):
            if slow:
                await asyncio.sleep(slow.chunk_seconds)
            chunk = body[begin : begin + size]
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        if not cut:
            await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _drop(scope: Scope, receive: Receive) -> None:
    """Break the connection, and wait until the server has noticed."""
    scope["extensions"][_ABORT]["call"]()
    while (await receive())["type"] != "http.disconnect":
        pass
