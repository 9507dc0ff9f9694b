"""Writing many deliveries at once: each is answered after a commit, and one commit serves many.

What arrives while one batch is being written becomes the next batch, so the disk is waited for as
often as it can be, however many requests there are.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool

from reader.errors import InboxUnavailableError
from warehouse.operations import Delivery, Inbox

logger = logging.getLogger(__name__)

# A few megabytes. Who is turned away comes back: Stripe delivers again for three days.
_MOST_WAITING = 20_000


@dataclass
class _Batch:
    """Deliveries that are committed together, and what became of them."""

    deliveries: list[Delivery] = field(default_factory=list)
    is_settled: bool = False
    failure: Exception | None = None


class Deliveries:
    """The way of one process's deliveries into the inbox."""

    def __init__(self, inbox: Inbox, *, most_waiting: int = _MOST_WAITING) -> None:
        self._inbox = inbox
        self._most_waiting = most_waiting
        self._open = _Batch()
        self._writing = asyncio.Lock()

    async def add(self, delivery: Delivery) -> None:
        """Return once a delivery is in the inbox for good; one that was there before is no error.

        Raises:
            InboxUnavailableError: it could not be written; it may be sent again.
        """
        batch = self._open
        if len(batch.deliveries) >= self._most_waiting:
            raise InboxUnavailableError("too many deliveries wait to be written")
        batch.deliveries.append(delivery)
        async with self._writing:
            # The first of a batch to get here writes for all of them. Were it cancelled meanwhile,
            # the next would write again, which adds nothing twice.
            if not batch.is_settled:
                await self._write(batch)
        if batch.failure is not None:
            raise InboxUnavailableError("the delivery could not be kept") from batch.failure

    async def _write(self, batch: _Batch) -> None:
        if self._open is batch:
            self._open = _Batch()
        try:
            await run_in_threadpool(self._inbox.add, batch.deliveries)
        except Exception as error:  # noqa: BLE001  each of the batch is told by `add`
            logger.error("%d webhook deliveries not kept: %s", len(batch.deliveries), error)  # noqa: TRY400  one line, however often the database is away
            batch.failure = error
        batch.is_settled = True
