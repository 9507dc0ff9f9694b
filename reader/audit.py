"""Writing the audit log without holding requests up: reads in groups, what matters at once.

What somebody read is committed within a tenth of a second, together with whatever else was read
meanwhile. If the log can't be written, reads go on, are kept in memory and written later; what
exports or changes something is refused, because it would leave no trace.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from starlette.concurrency import run_in_threadpool

from reader.errors import AuditUnavailableError
from warehouse.operations import AuditEntry, AuditError, AuditLog

logger = logging.getLogger(__name__)

_GROUP_SECONDS: Final = 0.1
_PAUSE_SECONDS: Final = 1.0

# Some tens of megabytes. What finds no room is counted, and the count is written.
_MOST_WAITING: Final = 50_000


class Auditor:
    """The way of one process's entries into the audit log.

    Args:
        log: where they are written.
        most_waiting: entries that are kept while it can't be written.
    """

    def __init__(self, log: AuditLog, *, most_waiting: int = _MOST_WAITING) -> None:
        self._log = log
        self._most_waiting = most_waiting
        self._waiting: list[AuditEntry] = []
        self._lost = 0
        self._task: asyncio.Task[None] | None = None
        self.is_failing = False

    def note(self, entry: AuditEntry) -> None:
        """Have an entry written soon."""
        if len(self._waiting) >= self._most_waiting:
            self._lost += 1
            return
        self._waiting.append(entry)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._write_soon())

    async def write(self, entry: AuditEntry) -> None:
        """Return once an entry, and what waited before it, is written.

        Raises:
            AuditUnavailableError: it can't be; what it tells of must not happen.
        """
        waiting = self._taken()
        try:
            await asyncio.shield(run_in_threadpool(self._log.append, [*waiting, entry]))
        except AuditError as error:
            self._note_failure(error)
            self._waiting[:0] = waiting
            raise AuditUnavailableError(
                "this is done only if it can be written down, which it can't be just now"
            ) from error

    async def flush(self) -> None:
        """Write what waits; what can't be written waits on."""
        entries = self._taken()
        if not entries:
            return
        try:
            # What was handed over is written even if whoever waits for it is cancelled.
            await asyncio.shield(run_in_threadpool(self._log.append, entries))
        except AuditError as error:
            self._note_failure(error)
            self._waiting[:0] = entries
        else:
            if self.is_failing:
                logger.warning("the audit log is written again")
            self.is_failing = False

    async def _write_soon(self) -> None:
        while self._waiting:
            await asyncio.sleep(_PAUSE_SECONDS if self.is_failing else _GROUP_SECONDS)
            await self.flush()

    def _taken(self) -> Sequence[AuditEntry]:
        entries, self._waiting = self._waiting, []
        if self._lost:
            gap = ("entries", self._lost)
            now = datetime.now(UTC)
            entries.append(AuditEntry(now, "reader", "gap", "audit log", "lost", detail=(gap,)))
            self._lost = 0
        return entries

    def _note_failure(self, error: AuditError) -> None:
        if not self.is_failing:
            logger.error("%s: exports and changes are refused, reads go on", error)
        self.is_failing = True
