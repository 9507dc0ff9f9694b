"""What a pull reads: everything once, then what events and windows point to."""

from __future__ import annotations

import pytest
from fake_stripe import FakeReader, Warehouse, events_listed_first

from ingest.stripe.specs import OBJECTS
from warehouse.settings import Settings


@pytest.fixture
def reader() -> FakeReader:
    return FakeReader()


@pytest.fixture
def warehouse(reader: FakeReader, settings: Settings) -> Warehouse:
    return Warehouse(reader, settings)


def _ids(rows: object) -> list[str]:
    assert isinstance(rows, list)
    return sorted(row.id for row in rows)


def test_the_first_pull_reads_events_before_anything_else(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    reader.emit("customer.created", reader.put("customer", "cus_1"), 50)
    landed = warehouse.pull("full")
    assert events_listed_first(reader)
    assert _ids(landed["customers"]) == ["cus_1"]
    assert _ids(landed["events"]) == ["evt_0"]
    assert warehouse.anchor is not None
    assert warehouse.anchor["id"] == "evt_0"


def test_every_list_is_read_and_a_second_whole_pull_lands_nothing(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    listed = [spec for spec in OBJECTS if not spec.singleton]
    for spec in listed:
        reader.put(spec.object, f"{spec.table}_1")
    first = warehouse.pull("full")
    assert sorted(first) == sorted(spec.table for spec in OBJECTS)
    assert warehouse.pull("full") == {}
    windows = [spec.table for spec in listed if spec.window]
    assert sorted(reader.lists()) == sorted([*(spec.table for spec in listed), *windows])


def test_an_hourly_pull_reads_again_only_what_an_event_touched(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    for number in range(5):
        payload = reader.put("customer", f"cus_{number}", balance=0)
        reader.emit("customer.created", payload, 5_000)
    warehouse.pull("full")
    changed = reader.put("customer", "cus_3", balance=7)
    event_id = reader.emit("customer.updated", {**changed, "balance": 5}, 5_100)
    landed = warehouse.pull()
    assert [(row.id, row.event_id) for row in landed["customers"]] == [("cus_3", event_id)]
    # The payload said 5; what counts is what the API says now.
    assert '"balance":7' in landed["customers"][0].object
    assert "customers" not in reader.lists()
    assert [what for what in reader.gets() if what.startswith("customers")] == ["customers/cus_3"]


def test_an_event_seen_late_is_taken_from_the_overlap(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    reader.emit("customer.created", reader.put("customer", "cus_1"), 5_000)
    warehouse.pull("full")
    reader.emit("customer.created", reader.put("customer", "cus_2"), 4_500)
    landed = warehouse.pull()
    assert _ids(landed["customers"]) == ["cus_2"]
    assert ("events", {"created": {"gte": 5_000 - 600}}) in reader.params
    assert warehouse.anchor is not None
    assert warehouse.anchor["id"] == "evt_0"


def test_nothing_new_reads_almost_nothing(reader: FakeReader, warehouse: Warehouse) -> None:
    reader.emit("customer.created", reader.put("customer", "cus_1"), 5_000)
    warehouse.pull("full")
    assert warehouse.pull() == {}
    assert sorted(reader.lists()) == [
        "balance_transactions",
        "checkout_sessions",
        "events",
        "invoice_payments",
    ]


def test_several_events_on_one_object_read_it_once(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    reader.emit("invoice.created", reader.put("invoice", "in_0"), 5_000)
    warehouse.pull("full")
    invoice = reader.put("invoice", "in_1")
    for at, what in ((5_001, "created"), (5_002, "finalized"), (5_003, "paid")):
        newest = reader.emit(f"invoice.{what}", invoice, at)
    landed = warehouse.pull()
    assert reader.gets().count("invoices/in_1") == 1
    assert [row.event_id for row in landed["invoices"]] == [newest]


def test_a_changed_invoice_brings_its_payments_and_items(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    reader.emit("invoice.created", reader.put("invoice", "in_1"), 5_000_000)
    warehouse.pull("full")
    line = {"id": "il_1", "parent": {"invoice_item_details": {"invoice_item": "ii_1"}}}
    taking_in = reader.put("invoice", "in_1", lines={"data": [line]})
    reader.put("invoiceitem", "ii_1", invoice="in_1")
    reader.emit("invoice.updated", taking_in, 5_000_001)
    assert [row.id for row in warehouse.pull()["invoice_items"]] == ["ii_1"]
    assert ("invoice_payments", {"invoice": "in_1"}) in reader.params


def test_so_it_does_where_all_invoices_are_listed(reader: FakeReader, warehouse: Warehouse) -> None:
    """Many changes are cheaper to list than to get, and lead to as much."""
    reader.put("invoiceitem", "ii_1")
    reader.emit("invoice.created", reader.put("invoice", "in_0"), 5_000_000)
    warehouse.pull("full")
    line = {"id": "il_1", "parent": {"invoice_item_details": {"invoice_item": "ii_1"}}}
    for number in range(30):
        invoice = reader.put("invoice", f"in_{number}", lines={"data": [line] * (number == 7)})
        reader.emit("invoice.updated", invoice, 5_000_001 + number)
    reader.put("invoiceitem", "ii_1", invoice="in_7")
    landed = warehouse.pull()
    assert "invoices" in reader.lists()
    assert [row.id for row in landed["invoice_items"]] == ["ii_1"]


def test_a_deletion_keeps_the_last_payload(reader: FakeReader, warehouse: Warehouse) -> None:
    customer = reader.put("customer", "cus_1", balance=3)
    reader.emit("customer.created", customer, 5_000)
    warehouse.pull("full")
    reader.emit("customer.updated", customer, 5_001)
    event_id = reader.emit("customer.deleted", customer, 5_002, api_version="2024-06-20")
    reader.drop("customer", "cus_1")
    (row,) = warehouse.pull()["customers"]
    assert (row.deleted, row.event_id, row.api_version) == (True, event_id, "2024-06-20")
    assert '"balance":3' in row.object
    assert warehouse.pull("full") == {}


def test_what_came_back_after_its_deletion_lives(reader: FakeReader, warehouse: Warehouse) -> None:
    coupon = reader.put("coupon", "WELCOME")
    reader.emit("coupon.created", coupon, 5_000)
    warehouse.pull("full")
    reader.emit("coupon.deleted", coupon, 5_001)
    reader.drop("coupon", "WELCOME")
    assert warehouse.pull()["coupons"][0].deleted
    reader.emit("coupon.created", reader.put("coupon", "WELCOME"), 5_002)
    assert [row.deleted for row in warehouse.pull()["coupons"]] == [False]


def test_a_canceled_subscription_is_no_deleted_one(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    warehouse.pull("full")
    canceled = reader.put("subscription", "sub_1", status="canceled")
    reader.emit("customer.subscription.deleted", canceled, 5_000)
    assert [row.deleted for row in warehouse.pull()["subscriptions"]] == [False]


def test_a_discount_touches_its_customer_and_subscription(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    reader.put("customer", "cus_1")
    reader.put("subscription", "sub_1")
    warehouse.pull("full")
    discount = {"id": "di_1", "object": "discount", "customer": "cus_1", "subscription": "sub_1"}
    reader.emit("customer.discount.deleted", discount, 5_000)
    warehouse.pull()
    assert {"customers/cus_1", "subscriptions/sub_1"} <= set(reader.gets())


def test_an_upcoming_invoice_has_nothing_to_read(reader: FakeReader, warehouse: Warehouse) -> None:
    warehouse.pull("full")
    reader.emit("invoice.upcoming", {"object": "invoice", "customer": "cus_1"}, 5_000)
    assert sorted(warehouse.pull()) == ["events"]


def test_an_unknown_kind_of_event_is_kept(reader: FakeReader, warehouse: Warehouse) -> None:
    reader.emit("mandate.updated", {"id": "mandate_1", "object": "mandate"}, 5_000)
    assert sorted(warehouse.pull("full")) == ["accounts", "balances", "events"]


def test_what_is_named_but_not_listed_is_read(reader: FakeReader, warehouse: Warehouse) -> None:
    item = {"id": "si_1", "price": {"id": "price_inline", "product": "prod_1"}}
    reader.put("subscription", "sub_1", customer="cus_gone", items={"data": [item]})
    reader.put("price", "price_inline", product="prod_gone")
    reader.put("product", "prod_1")
    reader.unlisted.add("price_inline")
    landed = warehouse.pull("full")
    assert _ids(landed["prices"]) == ["price_inline"]
    assert [(row.id, row.deleted) for row in landed["products"]] == [
        ("prod_1", False),
        ("prod_gone", True),
    ]
    assert [(row.id, row.deleted) for row in landed["customers"]] == [("cus_gone", True)]
    assert warehouse.pull("full") == {}
    # It may have changed, and no list would say so.
    assert reader.gets() == ["accounts/", "balances/", "prices/price_inline"]
    assert warehouse.pull("nightly") == {}
    assert reader.gets() == ["accounts/", "balances/"]


def test_what_vanished_without_an_event_is_asked_for(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    reader.put("customer", "cus_1")
    reader.put("customer", "cus_hidden")
    warehouse.pull("full")
    reader.drop("customer", "cus_1")
    reader.unlisted.add("cus_hidden")
    landed = warehouse.pull("full")
    assert [(row.id, row.deleted) for row in landed["customers"]] == [("cus_1", True)]
    assert {"customers/cus_1", "customers/cus_hidden"} <= set(reader.gets())


def test_a_version_that_comes_back_is_landed_again(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    for balance, expected in ((0, True), (5, True), (0, True), (0, False)):
        reader.put("customer", "cus_1", balance=balance)
        assert ("customers" in warehouse.pull("full")) is expected


def test_many_changes_are_listed_rather_than_asked_for_one_by_one(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    reader.emit("customer.created", reader.put("customer", "cus_0"), 5_000)
    warehouse.pull("full")
    for number in range(30):
        reader.emit("customer.created", reader.put("customer", f"cus_{number}"), 5_001)
    reader.unlisted.add("cus_7")
    assert len(warehouse.pull()["customers"]) == 29
    assert reader.lists().count("customers") == 1
    assert [what for what in reader.gets() if what.startswith("customers")] == ["customers/cus_7"]


def test_the_account_start_bounds_what_is_large_only(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    reader.put("charge", "ch_old", created=10)
    reader.put("charge", "ch_new", created=30)
    reader.put("subscription", "sub_old", created=10)
    landed = warehouse.pull("full", start=20)
    assert _ids(landed["charges"]) == ["ch_new"]
    assert _ids(landed["subscriptions"]) == ["sub_old"]


def test_what_is_older_than_the_account_start_has_not_vanished(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    reader.put("invoice", "in_old", created=10)
    warehouse.pull("full")
    assert warehouse.pull("full", start=20) == {}
    assert "invoices/in_old" not in reader.gets()


def test_an_account_without_events_goes_on_without_an_anchor(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    warehouse.pull("full")
    assert warehouse.anchor is None
    reader.emit("customer.created", reader.put("customer", "cus_1"), 5_000)
    assert _ids(warehouse.pull()["customers"]) == ["cus_1"]


def test_without_any_event_left_the_windows_are_read_all_the_same(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    """Stripe keeps events for 30 days: an account that rested longer has none, and goes on."""
    warehouse.pull()
    reader.put("checkout.session", "cs_1", created=int(warehouse.now.timestamp()) - 60)
    assert [row.id for row in warehouse.pull()["checkout_sessions"]] == ["cs_1"]
