"""Ending live connections when the process is told to end.

A server waits for its connections, and these never end by themselves. So a signal that makes it
stop also ends them, at once; requests that are being answered are answered.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from reader.live.live import Live

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def ending_on_signals(live: Live) -> Iterator[None]:
    """End live connections on SIGTERM and SIGINT while inside, beside what the server does then."""
    if threading.current_thread() is not threading.main_thread():
        # Then the server gets no signals either, and its process ends without it.
        yield
        return
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    closing: set[asyncio.Task[None]] = set()

    def close() -> None:
        task = loop.create_task(live.close())
        closing.add(task)
        task.add_done_callback(closing.discard)

    def end(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(close)
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for number in _SIGNALS:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
