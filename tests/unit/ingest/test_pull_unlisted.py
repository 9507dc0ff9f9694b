"""What no list holds is known by name and by events, and must not go stale for lack of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import duckdb
import orjson
import pytest
from fake_stripe import ACCOUNT, FakeReader, Warehouse
from memory_store import LANDED

from ingest.dialect import labelled_ids
from ingest.stripe.specs import BY_TABLE
from ingest.stripe.store import Landed
from warehouse.settings import Settings


@pytest.fixture
def reader() -> FakeReader:
    return FakeReader()


@pytest.fixture
def warehouse(reader: FakeReader, settings: Settings) -> Warehouse:
    return Warehouse(reader, settings)


def _with_an_inline_price(reader: FakeReader) -> None:
    item = {"id": "si_1", "price": {"id": "price_inline"}}
    reader.put("subscription", "sub_1", items={"data": [item]})
    reader.put("price", "price_inline", active=True)
    reader.unlisted.add("price_inline")


def test_a_gap_is_healed_where_no_list_tells(reader: FakeReader, warehouse: Warehouse) -> None:
    _with_an_inline_price(reader)
    reader.put("review", "prv_1", open=True)
    reader.put("price", "price_gone")
    warehouse.pull()
    reader.put("price", "price_inline", active=False)
    reader.put("review", "prv_1", open=False)
    reader.unlisted.add("prv_1")
    reader.drop("price", "price_gone")
    warehouse.now += timedelta(days=45)
    landed = warehouse.pull()
    assert [(row.id, row.deleted) for row in sorted(landed["prices"])] == [
        ("price_gone", True),
        ("price_inline", False),
    ]
    assert [row.id for row in landed["reviews"]] == ["prv_1"]


def test_events_that_aged_out_have_not_vanished(reader: FakeReader, warehouse: Warehouse) -> None:
    reader.emit("customer.created", reader.put("customer", "cus_1"), 5_000)
    warehouse.pull()
    reader.drop("event", "evt_0")
    warehouse.now += timedelta(days=45)
    assert "events" not in warehouse.pull()


def test_what_vanished_is_looked_for_after_the_account_start(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    reader.put("invoice", "in_old", created=10)
    reader.put("invoice", "in_new", created=30)
    warehouse.pull()
    reader.drop("invoice", "in_old")
    reader.drop("invoice", "in_new")
    assert [row.id for row in warehouse.pull("nightly", start=20)["invoices"]] == ["in_new"]


def test_a_full_refresh_follows_the_events_since_the_last_one(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    coupon = reader.put("coupon", "SPRING", percent_off=5)
    reader.emit("coupon.created", coupon, 5_000)
    customer = reader.put("customer", "cus_1", balance=0)
    warehouse.pull()
    reader.drop("coupon", "SPRING")
    deleted = reader.emit("coupon.deleted", coupon, 9_000)
    change = {"previous_attributes": {"balance": 300}, "object": customer}
    told = reader.emit("customer.updated", customer, 9_001)
    reader.objects["event"][told]["data"] = change
    reader.put("customer_balance_transaction", "cbtxn_1", customer="cus_1")
    reader.emit("coupon.created", reader.put("coupon", "SUMMER"), 99_000)
    landed = warehouse.pull("full")
    assert [row.id for row in landed["customer_balance_transactions"]] == ["cbtxn_1"]
    assert ("SPRING", True) in [(row.id, row.deleted) for row in landed["coupons"]]
    assert deleted in [row.id for row in landed["events"]]


def test_large_objects_are_looked_through_in_parts(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    """Two thousand of them, parsed, are more than DuckDB is given here; a part of them is not."""
    _with_an_inline_price(reader)
    warehouse.pull()
    lines = [{"price": {"id": "price_late"} | {f"field_{n}": n for n in range(300)}}] * 8
    text = orjson.dumps({"customer": None, "items": {"data": lines}}).decode()
    spec, since = BY_TABLE["subscriptions"], datetime(2000, 1, 1, tzinfo=UTC)
    with warehouse.store.raw() as raw:
        raw.connection.execute("set memory_limit = '256MB'")
        raw.connection.execute(
            f"insert into {LANDED} select 'sub_' || n, ?, '', null, ?, null, false, null, "
            f"'{ACCOUNT}', '{spec.table}', '{1:010d}' from range(2_048) as t(n)",
            (text, warehouse.now),
        )
        paths = [(one.table, one.path) for one in spec.references]
        with pytest.raises(duckdb.OutOfMemoryException):
            raw.connection.execute(labelled_ids("duckdb", raw.complete(spec.table), paths))
    wanted = Landed(warehouse.store, ACCOUNT).missing(spec, since, BY_TABLE.keys())
    assert wanted == {"prices": {"price_late"}}


def test_what_changed_with_objects_that_were_left_out_is_read_again(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    """Only the invoice's event tells that an item is billed, and it passed unread."""
    without = BY_TABLE.keys() - {"invoices"}
    reader.put("invoiceitem", "ii_1", invoice=None)
    reader.emit("customer.created", reader.put("customer", "cus_1"), 5_000)
    warehouse.pull(tables=without)
    reader.put("invoiceitem", "ii_1", invoice="in_1")
    reader.emit("invoice.created", reader.put("invoice", "in_1", lines={"data": []}), 6_000)
    warehouse.now += timedelta(hours=1)
    assert "invoice_items" not in warehouse.pull(tables=without)
    warehouse.now += timedelta(hours=1)
    assert [row.id for row in warehouse.pull()["invoice_items"]] == ["ii_1"]
