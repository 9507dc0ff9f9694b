"""A pull that is killed between two packages: the next one makes up for what it had not done."""

from __future__ import annotations

from collections.abc import Callable, Set
from datetime import timedelta

import pytest
from fake_stripe import ACCOUNT, FakeReader, Warehouse
from memory_store import KilledError

from ingest.report import MODES, Mode
from ingest.stripe import packages
from ingest.stripe.packages import Package
from ingest.stripe.specs import BY_TABLE
from warehouse.settings import Settings


@pytest.fixture
def reader() -> FakeReader:
    return FakeReader()


@pytest.fixture
def warehouse(reader: FakeReader, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    """Return a warehouse that lands every object by itself."""
    monkeypatch.setattr(packages, "PACKAGE_OBJECTS", 1)
    return Warehouse(reader, settings)


def _killed_after(
    warehouse: Warehouse, landed: Callable[[], bool], tables: Set[str] = BY_TABLE.keys()
) -> None:
    """Pull, and end the process as soon as something is landed."""

    def check() -> None:
        if landed():
            raise KilledError

    warehouse.store.after_commit = check
    with pytest.raises(KilledError):
        warehouse.pull(tables=tables)
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


def test_what_it_named_is_read_once_its_objects_may_be_read_again(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    """They were landed by the killed pull, and left out by the one that made up for it."""
    warehouse.pull()
    item = {"id": "si_1", "price": {"id": "price_inline"}}
    subscription = reader.put("subscription", "sub_1", items={"data": [item]})
    invoice = reader.put("invoice", "in_1", customer="cus_1", ending_balance=-5)
    reader.put("customer_balance_transaction", "cbtxn_1", customer="cus_1")
    reader.put("customer", "cus_1")
    reader.put("price", "price_inline")
    reader.unlisted.update(("price_inline", "cus_1"))
    reader.emit("customer.subscription.created", subscription, 5_001)
    reader.emit("invoice.created", invoice, 5_002)
    both = [_lands(warehouse, "subscriptions", "sub_1"), _lands(warehouse, "invoices", "in_1")]
    _killed_after(warehouse, lambda: all(landed() for landed in both))
    without = BY_TABLE.keys() - {"subscriptions", "invoices"}
    assert not {"prices", "customers"} & warehouse.pull(tables=without).keys()
    landed = warehouse.pull()
    found = {table: [row.id for row in rows] for table, rows in landed.items()}
    assert found["prices"] == ["price_inline"]
    assert found["customers"] == ["cus_1"]
    assert found["customer_balance_transactions"] == ["cbtxn_1"]


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


def test_what_changes_without_an_event_is_read_since_the_last_whole_pull(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    began, day = int(warehouse.now.timestamp()), 24 * 3600
    reader.emit("customer.created", reader.put("customer", "cus_1"), began)
    reader.put("balance_transaction", "txn_1", created=began - day, status="pending")
    warehouse.pull()
    for number in (2, 20, 22, 25):
        customer = reader.put("customer", f"cus_{number}")
        reader.emit("customer.created", customer, began + number * day)
    reader.put("balance_transaction", "txn_1", created=began - day, status="available")
    warehouse.now += timedelta(days=25)
    _killed_after(warehouse, _lands(warehouse, "customers", "cus_22"))
    assert [row.id for row in warehouse.pull()["balance_transactions"]] == ["txn_1"]


def test_a_table_that_is_there_and_was_never_read_is_read(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    """A killed pull of the release that brought it, or another account's pull, has made it."""
    reader.put("subscription", "sub_1", items={"data": [{"price": {"id": "price_inline"}}]})
    warehouse.pull(tables=BY_TABLE.keys() - {"prices", "coupons"})
    state = warehouse.store.state()
    account = state["accounts"][ACCOUNT]
    account["tables"] = sorted(BY_TABLE.keys() - {"prices", "coupons"})
    account["left_out"] = []
    warehouse.store.land(Package({}, state))
    reader.put("coupon", "SPRING")
    reader.put("price", "price_inline")
    reader.unlisted.add("price_inline")
    landed = warehouse.pull()
    assert [row.id for row in landed["coupons"]] == ["SPRING"]
    assert [row.id for row in landed["prices"]] == ["price_inline"]
    assert {"prices", "coupons"} <= warehouse.store.tables()


def test_tables_that_an_interrupted_first_pull_left_out_are_read(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    reader.put("coupon", "SPRING")
    reader.put("customer", "cus_1", balance=5)
    reader.put("customer_balance_transaction", "cbtxn_1", customer="cus_1")
    left_out = {"coupons", "customer_balance_transactions"}
    customer_landed = _lands(warehouse, "customers", "cus_1")
    _killed_after(warehouse, customer_landed, tables=BY_TABLE.keys() - left_out)
    landed = warehouse.pull()
    assert [row.id for row in landed["coupons"]] == ["SPRING"]
    assert [row.id for row in landed["customer_balance_transactions"]] == ["cbtxn_1"]


def test_what_an_interrupted_listing_read_is_read_again_where_no_event_tells(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    began, day = int(warehouse.now.timestamp()), 24 * 3600
    reader.emit("customer.created", reader.put("customer", "cus_1"), began)
    reader.put("balance_transaction", "txn_1", created=began - 5 * day, status="pending")
    _killed_after(warehouse, _lands(warehouse, "balance_transactions", "txn_1"))
    reader.put("balance_transaction", "txn_1", created=began - 5 * day, status="available")
    warehouse.now += timedelta(days=9)
    assert [row.id for row in warehouse.pull()["balance_transactions"]] == ["txn_1"]
