"""Deliveries are written in groups: who waits for what, and who is told when it fails."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime
from typing import Any

import pytest

from reader.deliveries import Deliveries
from reader.errors import InboxUnavailableError
from warehouse.errors import SourceError
from warehouse.operations import Delivery, Inbox, OperationsStore
from warehouse.settings import Settings


def ids(settings: Settings) -> list[str]:
    return [delivery.event_id for delivery in Inbox(OperationsStore(settings)).all()]


class _GatedInbox(Inbox):
    """An inbox that is told when to write: each write takes one leave; or it fails."""

    def __init__(self, store: OperationsStore) -> None:
        super().__init__(store)
        self.leave = threading.Semaphore(0)
        self.failure: Exception | None = None
        self.sizes: list[int] = []

    def add(self, deliveries: Any) -> None:
        assert self.leave.acquire(timeout=30)
        if self.failure is not None:
            raise self.failure
        self.sizes.append(len(deliveries))
        super().add(deliveries)


def _delivery(number: int) -> Delivery:
    now = datetime.now(UTC)
    return Delivery(f"evt_{number}", None, "invoice.paid", None, now, True, now)


@pytest.fixture
def gated(settings: Settings) -> _GatedInbox:
    return _GatedInbox(OperationsStore(settings))


def _begun(deliveries: Deliveries, count: int) -> list[asyncio.Task[None]]:
    return [asyncio.create_task(deliveries.add(_delivery(number))) for number in range(count)]


def test_nobody_is_answered_before_the_commit_and_two_serve_them_all(
    settings: Settings, gated: _GatedInbox
) -> None:
    async def scenario() -> None:
        tasks = _begun(Deliveries(gated), 5_000)
        done, _ = await asyncio.wait(tasks, timeout=0.2)
        assert not done
        gated.leave.release(2)
        await asyncio.gather(*tasks)

    asyncio.run(scenario())
    # The first has nobody to wait for; what comes while it is written is one batch.
    assert gated.sizes == [1, 4_999]
    assert len(ids(settings)) == 5_000


def test_a_failed_commit_is_told_to_each_of_its_batch_and_to_no_other(
    settings: Settings, gated: _GatedInbox, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> list[Any]:
        deliveries = Deliveries(gated)
        gated.failure = SourceError("the database is away")
        gated.leave.release(3)
        failed = await asyncio.gather(*_begun(deliveries, 9), return_exceptions=True)
        gated.failure = None
        await deliveries.add(_delivery(0))
        return failed

    failed = asyncio.run(scenario())
    assert [type(error) for error in failed] == [InboxUnavailableError] * 9
    assert ids(settings) == ["evt_0"]
    assert [record.exc_info for record in caplog.records] == [None, None]


def test_who_writes_for_others_may_go_away(settings: Settings, gated: _GatedInbox) -> None:
    async def scenario() -> None:
        first, second, *others = _begun(Deliveries(gated), 5)
        await asyncio.sleep(0)
        gated.leave.release()
        await first
        # The second writes for the others now, and is cut off before it has leave.
        await asyncio.sleep(0.1)
        second.cancel()
        await asyncio.sleep(0.1)
        gated.leave.release(2)
        await asyncio.gather(*others)

    asyncio.run(scenario())
    assert ids(settings) == [f"evt_{number}" for number in range(5)]


def test_too_many_waiting_are_sent_away_to_come_again(
    settings: Settings, gated: _GatedInbox
) -> None:
    async def scenario() -> list[Any]:
        tasks = _begun(Deliveries(gated, most_waiting=3), 8)
        await asyncio.sleep(0)
        gated.leave.release(2)
        return await asyncio.gather(*tasks, return_exceptions=True)

    told = asyncio.run(scenario())
    assert [type(error) for error in told] == [type(None)] * 4 + [InboxUnavailableError] * 4
    assert told[-1].headers["Retry-After"]
    assert ids(settings) == [f"evt_{number}" for number in range(4)]
