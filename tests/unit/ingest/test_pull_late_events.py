"""Events that come late or together: what was read by another way may be newer than they are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fake_stripe import FakeReader, Warehouse

from ingest.stripe.specs import API_VERSION
from warehouse.settings import Settings


@pytest.fixture
def reader() -> FakeReader:
    return FakeReader()


@pytest.fixture
def warehouse(reader: FakeReader, settings: Settings) -> Warehouse:
    return Warehouse(reader, settings)


def test_a_payload_is_not_taken_for_newer_than_what_was_read_since(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    """The nightly refresh read what an event tells of that was not visible yet, and a later one."""
    at = int(warehouse.now.timestamp()) - 60
    reader.emit("charge.succeeded", reader.put("charge", "ch_0"), at - 3_600)
    charge = reader.put("charge", "ch_1", amount=2)
    warehouse.pull("nightly")
    reader.emit("charge.updated", {**charge, "amount": 1}, at, api_version=API_VERSION)
    assert "charges" not in warehouse.pull()
    assert "charges/ch_1" in reader.gets()


def test_a_payload_is_taken_where_nothing_was_read_since(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    at = int(warehouse.now.timestamp()) - 60
    reader.emit("charge.succeeded", reader.put("charge", "ch_1"), at)
    warehouse.pull()
    changed = reader.put("charge", "ch_1", amount=2)
    reader.emit("charge.updated", changed, at + 3_600, api_version=API_VERSION)
    warehouse.now += timedelta(hours=1)
    assert [row.id for row in warehouse.pull()["charges"]] == ["ch_1"]
    assert "charges/ch_1" not in reader.gets()


def test_every_earlier_balance_is_a_sign(reader: FakeReader, warehouse: Warehouse) -> None:
    """The balance went up and down again, and something else changed after that."""
    customer = reader.put("customer", "cus_1", balance=0)
    reader.emit("customer.created", customer, 5_000)
    warehouse.pull()
    reader.put("customer_balance_transaction", "cbtxn_1", customer="cus_1")
    reader.put("customer_balance_transaction", "cbtxn_2", customer="cus_1")
    for at, previous in enumerate(({"balance": 0}, {"balance": 500}, {"currency": None})):
        told = reader.emit("customer.updated", customer, 5_001 + at)
        reader.objects["event"][told]["data"]["previous_attributes"] = previous
    landed = warehouse.pull()
    assert sorted(row.id for row in landed["customer_balance_transactions"]) == [
        "cbtxn_1",
        "cbtxn_2",
    ]
