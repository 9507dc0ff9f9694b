"""Stopping what takes too long, with one thread for all of it.

A timer of its own for each query would start and end a thread each time, which takes as long as a
small query does.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

logger = logging.getLogger(__name__)


@dataclass(eq=False)
class Watch:
    """Something that is to be over at a time; `is_late` once it was stopped for that."""

    deadline: float
    stop: Callable[[], None]
    is_late: bool = False
    stopped: threading.Event = field(default_factory=threading.Event)

    def fire(self) -> None:
        """Stop it."""
        try:
            self.stop()
        except Exception:
            logger.exception("what took too long can't be stopped")
        finally:
            self.stopped.set()


class Watchdog:
    """Stops what is watched when its time is up; its thread begins with the first watch."""

    def __init__(self) -> None:
        self._watches: set[Watch] = set()
        self._changed = threading.Condition()
        self._wakes_at = -math.inf
        self._thread: threading.Thread | None = None

    @contextmanager
    def watching(self, seconds: float, stop: Callable[[], None]) -> Iterator[Watch]:
        """Call `stop` if what runs inside takes longer; never once it is over."""
        watch = Watch(time.monotonic() + seconds, stop)
        with self._changed:
            self._watches.add(watch)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True, name="watchdog")
                self._thread.start()
            elif watch.deadline < self._wakes_at:
                self._changed.notify()
        try:
            yield watch
        finally:
            with self._changed:
                self._watches.discard(watch)
            if watch.is_late:
                # What comes after it on the same connection must not be hit.
                watch.stopped.wait()

    def _run(self) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                self._stop_late(now)
                self._wakes_at = min((w.deadline for w in self._watches), default=math.inf)
                is_idle = self._wakes_at == math.inf
                self._changed.wait(None if is_idle else max(0.0, self._wakes_at - now))

    def _stop_late(self, now: float) -> None:
        """Have what is late stopped; not in `_run`, which would hold on to the last for ever."""
        for watch in [watch for watch in self._watches if watch.deadline <= now]:
            self._watches.discard(watch)
            watch.is_late = True
            # Stopping may have to wait for a server, and others are due, too.
            threading.Thread(target=watch.fire, daemon=True).start()
