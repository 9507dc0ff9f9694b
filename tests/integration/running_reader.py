"""`tillhouse serve` as a process of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from warehouse.settings import Settings

_SECONDS_TO_START = 60


@dataclass(frozen=True)
class RunningReader:
    """A server that answers."""

    url: str
    process: subprocess.Popen[bytes]


@contextmanager
def running_reader(settings: Settings, *options: str) -> Iterator[RunningReader]:
    """Run a server while inside."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "tillhouse", "serve", "--port", str(port), *options]
    process = subprocess.Popen(command, env=settings.as_environment(), cwd=settings.tillhouse_home)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url, process)
        yield RunningReader(url, process)
    finally:
        process.terminate()
        code = process.wait(timeout=30)
    assert code == 0, "it did not drain"


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < until:
        assert process.poll() is None, "the server ended"
        try:
            httpx.get(f"{url}/livez", timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server does not start")
