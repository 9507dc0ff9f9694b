"""Serving the application over HTTP, with bounds on what a stranger's connection may take.

uvicorn waits for the head of a request for ever and takes one of any size; here a connection that
is slow or large at that is closed before anything of it reaches the application.
"""

from __future__ import annotations

import asyncio
from typing import Final

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS: Final = 10.0
LARGEST_HEAD: Final = 64 * 1024

# Dashboards hold one each for live updates; more at once is not what this machine is for.
_MOST_CONNECTIONS: Final = 1_000


class BoundedProtocol(HttpToolsProtocol):
    """HTTP/1.1 whose request heads arrive soon and are small."""

    head_seconds = HEAD_SECONDS
    largest_head = LARGEST_HEAD

    _timer: asyncio.TimerHandle | None = None
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a head from now on."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take a part of a request, unless its head is too large."""
        if self._timer is not None:
            self._head_bytes += len(data)
            if self._head_bytes > self.largest_head and self._is_all_head(data):
                self.send_400_response("The head of the request is too large.")
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        """Wait for the rest of the head of a request, also the second of a connection."""
        super().on_message_begin()
        if self._timer is None:
            self._await_head()

    def on_headers_complete(self) -> None:
        """Stop waiting: what follows is a body, whose reader bounds it."""
        self._stop_waiting()
        super().on_headers_complete()

    def _await_head(self) -> None:
        self._head_bytes = 0
        self._timer = self.loop.call_later(self.head_seconds, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _is_all_head(self, data: bytes) -> bool:
        """Return whether no body begins in what was received last."""
        end = data.find(b"\r\n\r\n")
        return end < 0 or self._head_bytes - len(data) + end > self.largest_head


def configuration(app: ASGIApp, host: str, port: int) -> uvicorn.Config:
    """Return how the application is served; whose proxies are believed is the application's."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=BoundedProtocol,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=_MOST_CONNECTIONS,
    )


def run(app: ASGIApp, host: str, port: int) -> None:
    """Serve the application in this process until it is interrupted."""
    uvicorn.Server(configuration(app, host, port)).run()
