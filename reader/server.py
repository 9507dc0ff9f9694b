"""Serving the application over HTTP, with bounds on what a stranger's connection may take.

uvicorn waits for the head of a request for ever and takes one of any size; here a connection that
is slow or large at that is closed before anything of it reaches the application.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.supervisors import Multiprocess

from warehouse.settings import load_settings, share_metrics

HEAD_SECONDS: Final = 10.0
LARGEST_HEAD: Final = 64 * 1024

# Dashboards hold one each for live updates; more at once is not what this machine is for.
_MOST_CONNECTIONS: Final = 1_000

# What is being answered when the process is told to end may take as long as a query may.
_DRAIN_SECONDS: Final = 15


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


def configuration(app: ASGIApp | str, host: str, port: int, **more: Any) -> uvicorn.Config:
    """Return how the application is served; whose proxies are believed is the application's.

    Args:
        app: the application, or where a process of its own finds what makes it.
        host: address to listen on.
        port: port to listen on.
        more: further options of uvicorn's.
    """
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
        timeout_graceful_shutdown=_DRAIN_SECONDS,
        **more,
    )


def run(app: ASGIApp, host: str, port: int) -> None:
    """Serve the application in this process until it is told to end."""
    uvicorn.Server(configuration(app, host, port)).run()


def run_workers(host: str, port: int, workers: int) -> None:
    """Serve in several processes, each with the settings of this one's environment.

    One that dies is replaced; SIGTERM drains all of them.
    """
    with TemporaryDirectory(prefix="tillhouse-metrics-") as folder:
        share_metrics(Path(folder))
        config = configuration("reader.server:worker", host, port, factory=True, workers=workers)
        Multiprocess(config, sockets=[config.bind_socket()]).run()


def worker() -> ASGIApp:
    """Return the application of one of several processes."""
    from reader.app import create_app  # noqa: PLC0415  not in the process that only watches

    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    return create_app(load_settings(), alone=False)
