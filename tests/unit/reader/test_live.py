"""What is noticed, what counts as news, and who is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import served
from served import AS_OF, Client, client_for, publish

from reader.app import create_app
from reader.database import Published
from reader.live.events import Event
from reader.live.hub import ClosedError, Hub, Subscription
from reader.live.live import kept_up
from reader.live.watcher import Watcher
from warehouse.errors import SourceError
from warehouse.operations import Delivery, Inbox, OperationsStore, Payment
from warehouse.settings import Settings

ALERTS = """
create table build.fct_alerts as
select id as alert_id, 'application' as origin, 'QUEUE_BACKLOG' as type, 'WARNING' as severity,
    cast(null as varchar) as subject, 'somebody@example.com waits' as message,
    timestamptz '2026-11-20 00:00:00Z' as raised_at, resolved::timestamptz as resolved_at
from (values {rows}) as t (id, resolved)
"""


@pytest.fixture
def home(make_settings: Callable[..., Settings]) -> Settings:
    return make_settings()


def publish_alerts(settings: Settings, monkeypatch, hours: int, *alerts: tuple[str, bool]) -> str:
    """Publish a generation with alerts: each an id and whether it is open."""
    rows = ", ".join(
        f"('{name}', {'null' if is_open else repr('2026-11-21 12:00:00Z')})"
        for name, is_open in alerts
    )
    tables = {**served.TABLES, "fct_alerts": ALERTS.format(rows=rows)}
    monkeypatch.setattr(served, "TABLES", tables)
    return publish(settings, AS_OF + timedelta(hours=hours))


def payment(number: int, amount: int, age: timedelta, *, livemode: bool = True) -> Delivery:
    now = datetime.now(UTC)
    paid = Payment("usd", amount)
    name = f"evt_{number}"
    return Delivery(name, None, "charge.succeeded", None, now - age, livemode, now, paid)


class Watched:
    """A watcher that looks when it is told to, and what it told."""

    def __init__(self, settings: Settings) -> None:
        self.inbox = Inbox(OperationsStore(settings))
        self.hub = Hub()
        self.watcher = Watcher(
            Published(settings), self.inbox, self.hub, only_live=settings.live_mode, seconds=0.01
        )

    def run(self, *steps: Callable[[], object]) -> list[list[Event]]:
        """Look once, then after each step; return the news of each step."""
        return asyncio.run(self._run(steps))

    async def _run(self, steps: tuple[Callable[[], object], ...]) -> list[list[Event]]:
        news = []
        with self.hub.subscription() as listener:
            task = asyncio.create_task(self.watcher.run())
            await self.watcher.state()
            for step in steps:
                await asyncio.to_thread(step)
                found = [await listener.next(10)]
                while (event := await listener.next(0.3)) is not None:
                    found.append(event)
                news.append([event for event in found if event is not None])
            task.cancel()
        return news

    def state(self, known: str | None = None) -> list[Event]:
        async def ask() -> list[Event]:
            task = asyncio.create_task(self.watcher.run())
            state = await self.watcher.state(known)
            task.cancel()
            return state

        return asyncio.run(ask())


def told(events: list[Event]) -> list[tuple[str, object]]:
    subject = {"generation.published": "generation", "payments.recent": "payments"}
    return [(e.name, e.data[subject.get(e.name, "alert_id")]) for e in events]


def test_a_publication_and_its_alerts_are_news(home, monkeypatch):
    publish_alerts(home, monkeypatch, 0, ("a1", True), ("a2", True), ("a0", False))
    watched = Watched(home)
    ids = []

    def next_one() -> None:
        ids.append(publish_alerts(home, monkeypatch, 1, ("a1", True), ("a2", False), ("a3", True)))

    (news,) = watched.run(next_one)
    assert told(news) == [
        ("generation.published", ids[0]),
        ("alert.opened", "a3"),
        ("alert.resolved", "a2"),
    ]
    assert {event.id for event in news} == set(ids)
    assert not any(event.data["snapshot"] for event in news)
    assert news[1].data["resolved_at"] is None
    assert news[2].data["resolved_at"] == "2026-11-21T12:00:00Z"
    assert "somebody" not in str(news)


def test_an_alert_that_is_gone_is_resolved(home, monkeypatch):
    publish_alerts(home, monkeypatch, 0, ("a1", True))
    watched = Watched(home)
    (news,) = watched.run(lambda: publish_alerts(home, monkeypatch, 1, ("a9", False)))
    assert told(news)[1:] == [("alert.resolved", "a1")]
    assert news[1].data["resolved_at"] == "2026-11-22T03:00:00Z"


def test_the_first_publication_is_news(home):
    (news,) = Watched(home).run(lambda: publish(home))
    assert [event.name for event in news] == ["generation.published"]


def test_payments_are_summed_over_the_last_hour(home):
    watched = Watched(home)
    old, minute = timedelta(hours=2), timedelta(minutes=1)
    first, second = watched.run(
        lambda: watched.inbox.add([payment(1, 1900, minute), payment(2, 5000, old)]),
        lambda: watched.inbox.add([payment(3, 100, minute, livemode=False)]),
    )
    assert told(first) == [
        ("payments.recent", [{"currency": "usd", "count": 1, "amount_minor": 1900}])
    ]
    assert first[0].data["provisional"] is True
    assert told(second)[0][1] == [{"currency": "usd", "count": 2, "amount_minor": 2000}]


def test_with_a_live_key_only_real_money_counts(make_settings):
    home = make_settings(stripe_secret_key="rk_live_1")
    watched = Watched(home)
    minute = timedelta(minutes=1)
    watched.inbox.add([payment(1, 1900, minute, livemode=False), payment(2, 500, minute)])
    assert told(watched.state())[-1][1] == [{"currency": "usd", "count": 1, "amount_minor": 500}]


def test_who_comes_is_told_the_state_and_who_comes_back_what_was_missed(home, monkeypatch):
    old = publish_alerts(home, monkeypatch, 0, ("a1", True))
    new = publish_alerts(home, monkeypatch, 1, ("a1", True), ("a2", False))
    watched = Watched(home)
    first = watched.state()
    assert told(first) == [
        ("generation.published", new),
        ("alert.opened", "a1"),
        ("payments.recent", []),
    ]
    assert all(event.data["snapshot"] for event in first)
    assert told(watched.state(new)) == [("payments.recent", [])]
    missed = watched.state(old)
    assert told(missed) == told(first)
    assert [event.data["snapshot"] for event in missed] == [False, True, True]


def test_a_store_that_is_away_stops_nothing(home, monkeypatch):
    watched = Watched(home)
    newest = watched.inbox.newest_position

    def away() -> int:
        raise SourceError("the store is away")

    def back() -> None:
        monkeypatch.setattr(watched.inbox, "newest_position", newest)
        watched.inbox.add([payment(1, 1900, timedelta(minutes=1))])

    monkeypatch.setattr(watched.inbox, "newest_position", away)
    first, second = watched.run(lambda: publish(home), back)
    assert [event.name for event in first] == ["generation.published"]
    assert [event.name for event in second] == ["payments.recent"]


def test_a_listener_that_falls_behind_is_closed():
    async def fall_behind() -> None:
        listener = Subscription()
        event = Event("payments.recent", None, {})
        for _ in range(1000):
            listener.put(event)
        for _ in range(2):
            with pytest.raises(ClosedError):
                await listener.next(1)

    asyncio.run(fall_behind())


def test_a_closed_hub_ends_who_listens_and_who_comes():
    async def close() -> None:
        hub = Hub()
        with hub.subscription() as before:
            hub.close()
            with pytest.raises(ClosedError):
                await before.next(1)
        with hub.subscription() as after, pytest.raises(ClosedError):
            await after.next(1)

    asyncio.run(close())


def test_events_take_no_parameters_and_no_strangers(home):
    client = client_for(home)
    assert client.get("/v1/events?token=x").status_code == 400
    assert Client(create_app(home), None).get("/v1/events").status_code == 401


def test_a_part_that_fails_is_said_and_begins_anew(caplog: pytest.LogCaptureFixture) -> None:
    runs = []

    async def part() -> None:
        runs.append(len(runs))
        if len(runs) < 3:
            raise ZeroDivisionError(f"run {len(runs)}")

    asyncio.run(kept_up(part, pause=0.0))
    assert runs == [0, 1, 2]
    assert [str(record.exc_info[1]) for record in caplog.records if record.exc_info] == [
        "run 1",
        "run 2",
    ]


def test_a_part_that_is_cancelled_does_not_begin_anew() -> None:
    async def forever() -> None:
        await asyncio.Event().wait()

    async def cancelled() -> bool:
        task = asyncio.create_task(kept_up(forever, pause=0.0))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task], timeout=10)
        return task.cancelled()

    assert asyncio.run(cancelled())
