"""Run history, API keys and the inbox, on both databases."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import cast

import pytest

from warehouse.errors import SourceError
from warehouse.operations import (
    ApiKeys,
    Delivery,
    Inbox,
    InboxSummary,
    OperationsStore,
    Run,
    RunHistory,
    SyncGap,
    SyncGaps,
)
from warehouse.settings import Settings


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(
    request: pytest.FixtureRequest, make_settings: Callable[..., Settings]
) -> OperationsStore:
    if request.param == "sqlite":
        return OperationsStore(make_settings())
    return OperationsStore(make_settings(warehouse_url=request.getfixturevalue("postgres_url")))


def test_many_may_be_the_first_to_open_it(make_settings: Callable[..., Settings]) -> None:
    """SQLite does not wait for whoever makes a new file write ahead."""
    for attempt in range(50):
        home = make_settings().tillhouse_home / str(attempt)
        home.mkdir(parents=True)
        stores = [OperationsStore(make_settings(tillhouse_home=home)) for _ in range(3)]
        together = Barrier(len(stores))

        def newest(store: OperationsStore, together: Barrier = together) -> int:
            inbox = Inbox(store)
            together.wait()
            return inbox.newest_position()

        with ThreadPoolExecutor(len(stores)) as threads:
            assert list(threads.map(newest, stores)) == [0] * len(stores)


def test_a_file_that_somebody_holds_is_one_line(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warehouse.operations.store._PATIENCE_SECONDS", 0.1)
    settings.prepare_home()
    path = settings.tillhouse_home / "operations.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("begin exclusive")
        with pytest.raises(SourceError, match=r"operations\.sqlite \(database is locked\)"):
            RunHistory(OperationsStore(settings)).latest()
        holder.execute("rollback")
    assert RunHistory(OperationsStore(settings)).latest() == []


def test_runs_are_kept_newest_first(store: OperationsStore) -> None:
    history = RunHistory(store)
    assert history.latest() == []
    began = datetime(2026, 1, 2, 3, tzinfo=UTC)
    hour = timedelta(hours=1)
    history.begin("a", "hourly", began)
    history.end("a", "published", "100% done?", "000001-x", began + hour)
    history.begin("b", "nightly", began)
    newest, oldest = history.latest()
    assert newest == Run("b", "nightly", began, None, "running", None, None)
    assert oldest == Run("a", "hourly", began, began + hour, "published", "100% done?", "000001-x")
    history.end("b", "failed", "why", None, began + hour)
    assert history.last_good() == oldest
    assert [run.run_id for run in history.latest(1)] == ["b"]


def test_a_key_is_found_until_it_is_revoked(store: OperationsStore) -> None:
    keys = ApiKeys(store)
    key = keys.create("ci", scopes=frozenset({"export", "admin"}))
    found = keys.find(key)
    assert found is not None
    assert (found.name, found.role, found.scopes) == ("ci", "ADMIN", {"export", "admin"})
    assert keys.find(key[:-1]) is None
    assert keys.find(key + "x") is None
    assert keys.find("till_") is None
    assert keys.find("") is None
    assert keys.is_active(found.key_id)
    assert keys.revoke(found.key_id)
    assert not keys.revoke(found.key_id)
    assert keys.find(key) is None
    assert not keys.is_active(found.key_id)
    assert keys.all()[0].revoked_at is not None


def test_a_key_expires(store: OperationsStore) -> None:
    keys = ApiKeys(store)
    now = datetime.now(UTC)
    assert keys.find(keys.create("late", expires_at=now - timedelta(seconds=1))) is None
    assert keys.find(keys.create("early", expires_at=now + timedelta(hours=1))) is not None


def test_the_key_itself_is_nowhere(settings: Settings) -> None:
    key = ApiKeys(OperationsStore(settings)).create("ci")
    secret = key.split("_", 2)[2].encode()
    assert len(secret) > 20
    files = [path for path in Path(settings.tillhouse_home).rglob("*") if path.is_file()]
    assert files
    assert not any(secret in path.read_bytes() for path in files)


def delivery(number: int, received_at: datetime | None = None) -> Delivery:
    return Delivery(
        event_id=f"evt_{number}",
        account=f"acct_{number}" if number % 2 else None,
        type="invoice.paid",
        api_version=None if number % 3 else "2026-10-28.endive",
        created=datetime(2026, 1, 2, 3, 4, 5, number, tzinfo=UTC),
        livemode=bool(number % 2),
        received_at=received_at or datetime(2026, 1, 3, tzinfo=UTC),
    )


def test_the_inbox_holds_each_event_once_as_it_came_first(store: OperationsStore) -> None:
    inbox = Inbox(store)
    assert (inbox.all(), inbox.newest_position()) == ([], 0)
    inbox.add([delivery(1), delivery(2), delivery(1)])
    first = inbox.newest_position()
    later = replace(delivery(2), type="another.type")
    inbox.add([later])
    assert inbox.newest_position() == first
    inbox.add([delivery(3), later])
    assert inbox.newest_position() > first
    assert inbox.all() == [delivery(1), delivery(2), delivery(3)]


def test_a_batch_of_any_size_is_one_commit(store: OperationsStore) -> None:
    inbox = Inbox(store)
    inbox.add([delivery(number) for number in range(10_001)])
    assert [kept.event_id for kept in inbox.all()] == [f"evt_{number}" for number in range(10_001)]
    inbox.add([])
    broken = replace(delivery(99_999), event_id=cast("str", None))
    rows = [*(delivery(number) for number in range(20_000, 21_500)), broken]
    with pytest.raises(Exception, match=r"(?i)not.null"):
        inbox.add(rows)
    assert len(inbox.all()) == 10_001


def test_several_processes_may_add_at_once_and_rows_only_come_at_the_end(
    store: OperationsStore,
) -> None:
    Inbox(store).add([])
    inboxes = [Inbox(store) for _ in range(4)]
    snapshots: list[list[Delivery]] = []

    def add(index: int) -> None:
        for number in range(25):
            # Every event comes by two of the four.
            inboxes[index].add([delivery(1_000 * (index // 2) + number)])
            snapshots.append(inboxes[index].all())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(4)))
    kept = Inbox(store).all()
    assert len({row.event_id for row in kept}) == len(kept) == 50
    assert all(kept[: len(snapshot)] == snapshot for snapshot in snapshots)


def test_the_inbox_sums_up_what_arrived_lately(store: OperationsStore) -> None:
    inbox = Inbox(store)
    noon = datetime(2026, 1, 3, 12, tzinfo=UTC)
    assert inbox.summary(noon) == InboxSummary(0, None)
    inbox.add([delivery(n, noon + timedelta(hours=n - 1)) for n in (0, 1, 3)])
    assert inbox.summary(noon) == InboxSummary(2, noon + timedelta(hours=2))
    assert inbox.summary(noon + timedelta(days=1)) == InboxSummary(0, noon + timedelta(hours=2))


def test_a_gap_is_open_until_its_account_has_been_read_again(store: OperationsStore) -> None:
    gaps = SyncGaps(store)
    assert (gaps.all(), gaps.unhealed(), gaps.last_healed()) == ([], [], None)
    day = timedelta(days=1)
    since, until = datetime(2026, 1, 2, 3, tzinfo=UTC), datetime(2026, 2, 3, 4, 5, 6, 7, tzinfo=UTC)
    gaps.open("acct_1", "it's old: 32 days?", since, until, until)
    gaps.open("acct_2", "gone", since, until, until + day)
    first = SyncGap("acct_1", "it's old: 32 days?", since, until, until, None)
    second = SyncGap("acct_2", "gone", since, until, until + day, None)
    assert gaps.all() == gaps.unhealed() == [first, second]
    gaps.heal("acct_2", until + 2 * day)
    healed = replace(second, healed_at=until + 2 * day)
    assert (gaps.unhealed(), gaps.last_healed()) == ([first], healed)
    gaps.heal("acct_1", until + 3 * day)
    assert gaps.unhealed() == []
    assert gaps.last_healed() == replace(first, healed_at=until + 3 * day)


def test_a_gap_that_is_noticed_again_is_one_gap(store: OperationsStore) -> None:
    gaps = SyncGaps(store)
    since, until = datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 2, 3, tzinfo=UTC)
    for hours in range(3):
        later = until + timedelta(hours=hours)
        gaps.open("acct_1", f"noticed after {hours} hours", since, later, later)
    assert [gap.reason for gap in gaps.all()] == ["noticed after 0 hours"]
    gaps.heal("acct_1", until)
    gaps.open("acct_1", "the same once more", since, until, until)
    assert [gap.reason for gap in gaps.unhealed()] == ["the same once more"]


@pytest.mark.postgres
def test_many_processes_may_be_the_first(
    make_settings: Callable[..., Settings], postgres_url: str
) -> None:
    """Each with a store of its own, as the reader's workers and a refresh start together."""
    settings = make_settings(warehouse_url=postgres_url)

    def first_use(_: int) -> int:
        return len(RunHistory(OperationsStore(settings)).latest())

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(first_use, range(8))) == [0] * 8
