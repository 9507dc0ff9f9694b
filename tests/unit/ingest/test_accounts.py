"""Several accounts in one raw layer; and tables that an account comes to read late."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fake_stripe import FakeReader, Warehouse

from ingest.stripe.specs import BY_TABLE
from warehouse.settings import Settings


@pytest.fixture
def reader() -> FakeReader:
    return FakeReader()


@pytest.fixture
def warehouse(reader: FakeReader, settings: Settings) -> Warehouse:
    return Warehouse(reader, settings)


def _reader_of(account: str) -> FakeReader:
    reader = FakeReader()
    reader.objects["account"] = {account: {"id": account, "object": "account"}}
    reader.put("coupon", "WELCOME", percent_off=10)
    reader.put("subscription", f"sub_{account}", discounts=[{"source": {"coupon": "GONE"}}])
    return reader


@pytest.fixture
def two(settings: Settings) -> tuple[Warehouse, Warehouse]:
    """Return two accounts that share a raw layer, and the ids that users have chosen."""
    one, other = (Warehouse(_reader_of(name), settings) for name in ("acct_1", "acct_2"))
    other.account, other.store = "acct_2", one.store
    return one, other


def _accounts(warehouse: Warehouse, table: str) -> list[tuple[str, str, bool]]:
    with warehouse.store.raw() as raw:
        query = f"select account_id, id, deleted from {raw.complete(table)} order by all"
        return raw.connection.execute(query).fetchall()


def test_an_id_of_two_accounts_is_two_objects(two: tuple[Warehouse, Warehouse]) -> None:
    one, other = two
    one.pull()
    other.pull()
    assert _accounts(one, "coupons") == [
        ("acct_1", "GONE", True),
        ("acct_1", "WELCOME", False),
        ("acct_2", "GONE", True),
        ("acct_2", "WELCOME", False),
    ]
    # The same content: what one has landed must not pass for the other's.
    assert (one.pull("full"), other.pull("full")) == ({}, {})


def test_what_vanishes_from_one_account_is_asked_for_there(
    two: tuple[Warehouse, Warehouse],
) -> None:
    one, other = two
    one.pull()
    other.pull()
    other.reader.drop("coupon", "WELCOME")
    assert one.pull("nightly") == {}
    assert [row.id for row in other.pull("nightly")["coupons"]] == ["WELCOME"]
    assert ("acct_1", "WELCOME", True) not in _accounts(one, "coupons")
    assert ("acct_2", "WELCOME", True) in _accounts(one, "coupons")


def test_each_account_has_its_own_place_in_its_own_stream(
    two: tuple[Warehouse, Warehouse],
) -> None:
    one, other = two
    one.reader.emit("customer.created", one.reader.put("customer", "cus_1"), 5_000)
    one.pull()
    other.reader.emit("customer.created", other.reader.put("customer", "cus_2"), 9_000)
    other.pull()
    anchors = [warehouse.anchor for warehouse in two]
    assert [anchor["created"] for anchor in anchors if anchor] == [5_000, 9_000]
    assert one.pull() == {}
    assert other.pull() == {}


def test_a_table_that_another_account_made_is_still_to_be_read(
    two: tuple[Warehouse, Warehouse],
) -> None:
    """As when a new version of Tillhouse reads more, and the first account is pulled first."""
    for warehouse in two:
        warehouse.pull(tables=BY_TABLE.keys() - {"coupons"})
    for warehouse in two:
        ids = sorted(row.id for row in warehouse.pull()["coupons"])
        assert ids == ["GONE", "WELCOME"], warehouse.account
        assert warehouse.reader.lists().count("coupons") == 1
        assert warehouse.pull() == {}


@pytest.mark.parametrize("late", [False, True])
def test_what_a_late_table_holds_may_have_been_named_long_before(
    late: bool, reader: FakeReader, warehouse: Warehouse
) -> None:
    """An inline price is in no list; only the subscriptions that were landed before name it."""
    reader.put("price", "price_listed")
    reader.put("price", "price_inline")
    reader.unlisted.add("price_inline")
    item = {"id": "si_1", "price": {"id": "price_inline"}}
    reader.put("subscription", "sub_1", items={"data": [item]})
    if late:
        warehouse.pull(tables=BY_TABLE.keys() - {"prices"})
    landed = warehouse.pull()
    assert sorted(row.id for row in landed["prices"]) == ["price_inline", "price_listed"]
    assert warehouse.pull("nightly") == {}


@pytest.mark.parametrize("read_before", [False, True])
def test_the_lists_under_parents_are_made_up_for(
    read_before: bool, reader: FakeReader, warehouse: Warehouse
) -> None:
    """Only parents of which something tells that they have such a list, and of this table alone."""
    child = "customer_balance_transactions"
    reader.put("customer", "cus_1", balance=-500)
    reader.put("customer", "cus_2", balance=0)
    if read_before:
        warehouse.pull()
    warehouse.pull(tables=BY_TABLE.keys() - {child})
    warehouse.now += timedelta(hours=1)
    spec = BY_TABLE[child]
    reader.put(spec.object, "cbtxn_1", customer="cus_1")
    landed = warehouse.pull(tables=BY_TABLE.keys() - {"coupons"})
    assert [row.id for row in landed[child]] == ["cbtxn_1"]
    assert [what for how, what in reader.asked if how == "children"] == [f"{child}/cus_1"]
    assert warehouse.pull() == {}
    assert [what for how, what in reader.asked if how == "children"] == []


@pytest.mark.parametrize("left_out", ["customers", "customer_balance_transactions"])
def test_what_cancels_out_is_told_by_the_events_that_passed_unread(
    left_out: str, reader: FakeReader, warehouse: Warehouse
) -> None:
    """A credit came and was used up: the balance is what it was, and two rows tell of it."""
    warehouse.pull()
    customer = reader.put("customer", "cus_1", balance=0)
    for at, (balance, before) in enumerate([(-500, 0), (0, -500)]):
        data = {"previous_attributes": {"balance": before}}
        event_id = reader.emit("customer.updated", {**customer, "balance": balance}, 5_000 + at)
        reader.objects["event"][event_id]["data"] |= data
        reader.put("customer_balance_transaction", f"cbtxn_{at}", customer="cus_1")
    reader.emit("customer.updated", reader.put("customer", "cus_2", balance=0), 5_010)
    landed = warehouse.pull(tables=BY_TABLE.keys() - {left_out})
    assert "customer_balance_transactions" not in landed
    landed = warehouse.pull()
    found = sorted(row.id for row in landed["customer_balance_transactions"])
    assert found == ["cbtxn_0", "cbtxn_1"]
    asked = [what for how, what in reader.asked if how == "children"]
    assert asked == ["customer_balance_transactions/cus_1"]


@pytest.mark.parametrize("left_out", [{"coupons"}, {"coupons", "subscriptions"}])
def test_what_came_and_went_while_it_was_left_out_has_its_last_data(
    left_out: set[str], reader: FakeReader, warehouse: Warehouse
) -> None:
    """The API says no more of it than its id, and what names it leads there."""
    warehouse.pull()
    coupon = reader.put("coupon", "SPRING", percent_off=5)
    reader.emit("coupon.created", coupon, 5_000)
    discounts = [{"source": {"coupon": "SPRING"}}]
    subscription = reader.put("subscription", "sub_1", discounts=discounts, items={"data": []})
    reader.emit("customer.subscription.created", subscription, 5_001)
    reader.drop("coupon", "SPRING")
    reader.emit("coupon.deleted", coupon, 5_002)
    warehouse.pull(tables=BY_TABLE.keys() - left_out)
    (row,) = warehouse.pull()["coupons"]
    assert (row.id, row.deleted) == ("SPRING", True)
    assert '"percent_off":5' in row.object


def test_a_first_pull_reads_what_cancelled_out_within_thirty_days(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    customer = reader.put("customer", "cus_1", balance=0)
    reader.emit("customer.updated", {**customer, "balance": -500}, 5_000)
    reader.emit("customer.updated", customer, 5_000 + 24 * 3600)
    reader.put("customer_balance_transaction", "cbtxn_1", customer="cus_1")
    landed = warehouse.pull()
    assert [row.id for row in landed["customer_balance_transactions"]] == ["cbtxn_1"]


def test_a_table_that_was_left_out_is_owed_until_it_has_been_read(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    reader.emit("coupon.created", reader.put("coupon", "WELCOME"), 5_000)
    warehouse.pull()
    without = BY_TABLE.keys() - {"coupons"}
    reader.emit("coupon.created", reader.put("coupon", "LATER"), 5_001)
    reader.drop("coupon", "WELCOME")
    assert sorted(warehouse.pull(tables=without)) == ["events"]
    assert warehouse.pull(tables=without) == {}
    assert [(row.id, row.deleted) for row in warehouse.pull()["coupons"]] == [
        ("LATER", False),
        ("WELCOME", True),
    ]
    assert warehouse.pull() == {}
    assert "coupons" not in reader.lists()
