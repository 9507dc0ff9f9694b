"""A pull that is killed between two packages: the next one makes up for what it had not done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from fake_stripe import FakeReader, Warehouse
from memory_store import KilledError

from ingest.report import MODES, Mode
from ingest.stripe import packages
from warehouse.settings import Settings


@pytest.fixture
def reader() -> FakeReader:
    return FakeReader()


@pytest.fixture
def warehouse(
    reader: FakeReader, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Warehouse:
    """Return a warehouse that lands every object by itself."""
    monkeypatch.setattr(packages, "PACKAGE_OBJECTS", 1)
    return Warehouse(reader, settings)


def _killed_after(warehouse: Warehouse, landed: Callable[[], bool], mode: Mode = "hourly") -> None:
    """Pull, and end the process as soon as something is landed."""

    def check() -> None:
        if landed():
            raise KilledError

    warehouse.store.after_commit = check
    with pytest.raises(KilledError):
        warehouse.pull(mode)
    warehouse.store.after_commit = lambda: None
    warehouse.now += timedelta(hours=1)


def _lands(warehouse: Warehouse, table: str, object_id: str) -> Callable[[], bool]:
    return lambda: object_id in warehouse.store.newest(table)


@pytest.mark.parametrize("mode", MODES)
def test_what_an_interrupted_pull_named_is_read(
    reader: FakeReader, warehouse: Warehouse, mode: Mode
) -> None:
    reader.emit("customer.created", reader.put("customer", "cus_1"), 5_000)
    warehouse.pull()
    item = {"id": "si_1", "price": {"id": "price_inline"}}
    subscription = reader.put("subscription", "sub_1", items={"data": [item]})
    reader.put("price", "price_inline")
    reader.unlisted.add("price_inline")
    reader.emit("customer.subscription.created", subscription, 5_001)
    _killed_after(warehouse, _lands(warehouse, "subscriptions", "sub_1"))
    assert [row.id for row in warehouse.pull(mode)["prices"]] == ["price_inline"]


def test_what_was_in_doubt_when_a_pull_was_interrupted_is_asked_for(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    reader.put("coupon", "SPRING", created=10)
    reader.put("coupon", "SUMMER", created=20)
    reader.put("customer", "cus_1")
    warehouse.pull()
    reader.drop("coupon", "SPRING")
    reader.put("coupon", "SUMMER", created=20, percent_off=7)
    reader.put("customer", "cus_1", balance=1)
    warehouse.now += timedelta(days=45)
    before = warehouse.store.newest("coupons")
    _killed_after(warehouse, lambda: warehouse.store.newest("coupons") != before)
    warehouse.pull()
    assert warehouse.store.newest("coupons")["SPRING"][1]
