"""Gaps: each way to notice that the event stream can't tell all, and what follows."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

import pytest
from fake_stripe import NOW, FakeReader, Warehouse
from memory_store import KilledError

from ingest.stripe import packages
from ingest.stripe.changes import Anchor, Cursor
from ingest.stripe.client import StripeReader
from ingest.stripe.gaps import find_gap
from warehouse.settings import Settings

DAY = timedelta(days=1)
LATELY = int(NOW.timestamp()) - 3600


@pytest.fixture
def reader() -> FakeReader:
    return FakeReader()


@pytest.fixture
def warehouse(reader: FakeReader, settings: Settings) -> Warehouse:
    return Warehouse(reader, settings)


def _asked(reader: FakeReader) -> StripeReader:
    return cast("StripeReader", reader)


def test_there_is_none_while_the_anchor_can_be_read(reader: FakeReader) -> None:
    event_id = reader.emit("customer.created", reader.put("customer", "cus_1"), LATELY)
    cursor = Cursor(Anchor(event_id, LATELY), NOW - DAY)
    assert find_gap(_asked(reader), cursor, NOW) is None


def test_there_is_none_before_the_first_event(reader: FakeReader) -> None:
    assert find_gap(_asked(reader), Cursor(None, NOW - DAY), NOW) is None


def test_a_pull_that_is_too_old(reader: FakeReader) -> None:
    event_id = reader.emit("customer.created", reader.put("customer", "cus_1"), LATELY)
    anchor = Anchor(event_id, LATELY)
    assert find_gap(_asked(reader), Cursor(anchor, NOW - 28 * DAY), NOW) is None
    gap = find_gap(_asked(reader), Cursor(anchor, NOW - 29 * DAY), NOW)
    assert gap is not None
    assert gap.reason == "the last pull is 29 days old and Stripe keeps events for 30"
    assert (gap.since, gap.until) == (NOW - 29 * DAY, NOW)


def test_an_anchor_that_is_gone(reader: FakeReader) -> None:
    gap = find_gap(_asked(reader), Cursor(Anchor("evt_gone", LATELY), NOW - DAY), NOW)
    assert gap is not None
    assert gap.reason == "the event evt_gone, where the last pull ended, is gone"
    assert (gap.since, gap.until) == (NOW - timedelta(hours=1), NOW)


def test_the_anchor_of_a_quiet_account_may_age_out(reader: FakeReader) -> None:
    old = int((NOW - 40 * DAY).timestamp())
    assert find_gap(_asked(reader), Cursor(Anchor("evt_old", old), NOW - DAY), NOW) is None


def test_a_gap_is_kept_healed_and_over(reader: FakeReader, warehouse: Warehouse) -> None:
    reader.emit("customer.created", reader.put("customer", "cus_1"), LATELY)
    warehouse.pull()
    reader.drop("event", "evt_0")
    reader.put("customer", "cus_untold")
    reader.drop("customer", "cus_1")
    healing = warehouse.pull()
    assert {row.id: row.deleted for row in healing["customers"]} == {
        "cus_untold": False,
        "cus_1": True,
    }
    assert [gap.reason for gap in warehouse.gaps.closed] == [
        "the event evt_0, where the last pull ended, is gone"
    ]
    assert warehouse.gaps.open == []
    assert warehouse.report.notes == [
        "Stripe: the event evt_0, where the last pull ended, is gone, so everything is read again"
    ]
    assert warehouse.pull() == {}
    assert warehouse.report.notes == []


def test_events_that_the_stream_has_lost_are_a_gap(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    """The anchor is there, and others of the same minutes are not."""
    for number in range(3):
        customer = reader.put("customer", f"cus_{number}")
        reader.emit("customer.created", customer, LATELY + number)
    warehouse.pull()
    reader.drop("event", "evt_0")
    reader.drop("event", "evt_1")
    reader.put("customer", "cus_untold")
    assert [row.id for row in warehouse.pull()["customers"]] == ["cus_untold"]
    (gap,) = warehouse.gaps.closed
    assert gap.reason == "the event stream no longer holds 2 events that it held before"
    assert int(gap.until.timestamp()) == LATELY + 2


def test_a_gap_stays_open_while_its_healing_fails(
    reader: FakeReader, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.emit("customer.created", reader.put("customer", "cus_1"), LATELY)
    warehouse.pull()
    reader.drop("event", "evt_0")
    reader.put("customer", "cus_untold")
    with monkeypatch.context() as patch:
        patch.setattr(warehouse.store, "before_commit", _fail)
        with pytest.raises(ConnectionError):
            warehouse.pull()
    assert len(warehouse.gaps.open) == 1
    assert [row.id for row in warehouse.pull()["customers"]] == ["cus_untold"]
    assert warehouse.gaps.open == []


def test_a_gap_in_the_stream_outlives_a_pull_that_lands_what_comes_after_it(
    reader: FakeReader, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cursor has moved past it, and the anchor is there: only the log knows of it."""
    for number in range(2):
        customer = reader.put("customer", f"cus_{number}")
        reader.emit("customer.created", customer, LATELY + number)
    warehouse.pull()
    reader.put("customer", "cus_untold")
    newest = reader.emit("customer.created", reader.put("customer", "cus_2"), LATELY + 2)
    reader.drop("event", "evt_0")
    monkeypatch.setattr(packages, "PACKAGE_OBJECTS", 1)

    def killed_before_the_lists() -> None:
        if newest in warehouse.store.newest("events"):
            raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(warehouse.store, "after_commit", killed_before_the_lists)
        with pytest.raises(KilledError):
            warehouse.pull()
    assert "cus_untold" not in warehouse.store.newest("customers")
    warehouse.now += timedelta(hours=2)
    assert [row.id for row in warehouse.pull()["customers"]] == ["cus_untold"]
    assert warehouse.gaps.open == []


def _fail() -> None:
    raise ConnectionError
