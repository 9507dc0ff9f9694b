"""The stream of events, read in windows; and what it says was deleted."""

from __future__ import annotations

from itertools import pairwise

import pytest
from fake_stripe import FakeReader, Warehouse

from ingest.stripe.tail import windows
from warehouse.settings import Settings

HOUR = 3600


@pytest.mark.parametrize("span", [0, 1, HOUR, 6 * HOUR, 7 * HOUR, 31 * 24 * HOUR])
def test_windows_follow_each_other_without_a_hole(span: int) -> None:
    begins = 1_000_000
    found = list(windows(begins, begins + span))
    assert found[0][0] == begins
    assert found[-1][1] is None
    assert all(lt == gte for (_, lt), (gte, _) in pairwise(found))
    assert found[-1][0] <= begins + span


def test_an_hour_is_one_window_and_a_month_is_some_days_each() -> None:
    assert list(windows(0, HOUR)) == [(0, None)]
    month = list(windows(0, 30 * 24 * HOUR))
    widths = [lt - gte for gte, lt in month if lt is not None]
    assert widths[:3] == [6 * HOUR, 12 * HOUR, 24 * HOUR]
    assert set(widths[2:]) == {24 * HOUR}
    assert len(month) == 32


@pytest.fixture
def reader() -> FakeReader:
    return FakeReader()


@pytest.fixture
def warehouse(reader: FakeReader, settings: Settings) -> Warehouse:
    return Warehouse(reader, settings)


def test_what_events_say_was_deleted_is_landed_with_its_last_payload(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    """It was gone before the first list was read, and only its events know of it."""
    gone = {"id": "prod_gone", "object": "product", "created": 900, "name": "Old"}
    event_id = reader.emit("product.deleted", gone, 5_000, api_version="2024-06-20")
    ended = {"id": "sub_1", "object": "subscription", "created": 900, "status": "canceled"}
    reader.emit("customer.subscription.deleted", ended, 5_001)
    (row,) = warehouse.pull("full")["products"]
    assert (row.id, row.deleted, row.event_id) == ("prod_gone", True, event_id)
    assert '"name":"Old"' in row.object
    assert warehouse.pull("full") == {}


def test_an_absence_of_days_is_read_window_by_window(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    start = 1_790_000_000
    reader.emit("customer.created", reader.put("customer", "cus_0"), start)
    warehouse.pull("full")
    for day in range(1, 4):
        customer = reader.put("customer", f"cus_{day}")
        reader.emit("customer.created", customer, start + day * 24 * HOUR)
    landed = warehouse.pull()
    assert sorted(row.id for row in landed["customers"]) == ["cus_1", "cus_2", "cus_3"]
    asked = [dict(params)["created"] for table, params in reader.params if table == "events"]
    assert asked[0]["gte"] == start - 600
    assert [one["lt"] for one in asked[:-1]] == [one["gte"] for one in asked[1:]]
    assert "lt" not in asked[-1]
    assert warehouse.anchor is not None
    assert warehouse.anchor["created"] == start + 3 * 24 * HOUR


def test_an_event_that_came_hours_late_is_looked_for(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    """When the oldest part of the overlap holds what is unknown, older ones may be, too."""
    start = 1_790_000_000
    reader.emit("customer.created", reader.put("customer", "cus_0"), start)
    warehouse.pull("full")
    for late in (500, 3_000, 6_500):
        customer = reader.put("customer", f"cus_{late}")
        reader.emit("customer.created", customer, start - late)
    landed = warehouse.pull()
    assert sorted(row.id for row in landed["customers"]) == ["cus_3000", "cus_500", "cus_6500"]
    assert warehouse.pull() == {}
