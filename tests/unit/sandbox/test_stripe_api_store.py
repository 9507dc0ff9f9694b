"""The object store: frozen objects, Stripe's order, pickling."""

from __future__ import annotations

import pickle
from datetime import datetime

import pytest
from stripe_account import DAY, NOW, START, Account

from sandbox.stripe_api.store import to_epoch


def test_a_put_object_does_not_follow_the_callers_dict() -> None:
    account = Account()
    made = account.put("customer", "cus_1", name="Ada")
    event_id = account.store.emit("customer.created", made, NOW)

    made["name"] = "Grace"

    assert account.store.get("customer", "cus_1")["name"] == "Ada"
    assert account.store.get("event", event_id)["data"]["object"]["name"] == "Ada"


def test_what_is_read_can_be_changed_without_changing_the_store() -> None:
    account = Account()
    account.put("customer", "cus_1", name="Ada")

    account.store.get("customer", "cus_1")["name"] = "Grace"

    assert account.store.get("customer", "cus_1")["name"] == "Ada"


def test_order_is_by_created_then_by_first_put() -> None:
    account = Account()
    for object_id, created in (("c", START + 5), ("a", START), ("b", START), ("d", START + 1)):
        account.put("charge", object_id, created)
    account.put("charge", "a", START, paid=True)

    order = [entry[2] for entry in account.store.table("charge").order()]

    assert order == ["a", "b", "d", "c"]


def test_related_objects_follow_the_newest_version() -> None:
    account = Account()
    account.put("refund", "re_1", charge="ch_1")
    account.put("refund", "re_2", START + 1, charge="ch_1")
    account.put("refund", "re_1", charge="ch_2")

    related = account.store.related

    assert [row["id"] for row in related("refund", "charge", "ch_1")] == ["re_2"]
    assert [row["id"] for row in related("refund", "charge", "ch_2")] == ["re_1"]
    assert related("refund", "charge", "ch_3") == []


def test_an_object_without_an_id_is_the_only_one_of_its_type() -> None:
    account = Account()
    account.store.put({"object": "balance", "available": []})
    account.store.put({"object": "balance", "available": [{"amount": 5}]})

    assert account.store.get("balance", "balance") == {
        "object": "balance",
        "available": [{"amount": 5}],
    }


def test_deleting_what_is_not_there_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        Account().store.delete("coupon", "SPRING", NOW)


def test_only_customers_leave_a_tombstone() -> None:
    account = Account()
    account.put("customer", "cus_1")
    account.put("coupon", "SPRING")

    account.store.delete("customer", "cus_1", NOW)
    account.store.delete("coupon", "SPRING", NOW)

    tombstone = account.store.get("customer", "cus_1")
    assert {key: tombstone[key] for key in ("id", "object", "deleted")} == {
        "id": "cus_1",
        "object": "customer",
        "deleted": True,
    }
    assert account.store.get("coupon", "SPRING") is None


def test_a_pickled_store_goes_on_where_it_was() -> None:
    account = Account()
    account.subscription("sub_1", items=2)
    first = account.store.emit("customer.created", account.put("customer", "cus_1"), NOW)

    copy = pickle.loads(pickle.dumps(account.store))

    assert copy.now() == NOW
    assert copy.get("event", first) == account.store.get("event", first)
    assert copy.get("subscription_item", "si_sub_1_1")["subscription"] == "sub_1"
    again = copy.emit("customer.created", account.put("customer", "cus_1"), NOW)
    assert again != first


def test_event_ids_are_the_same_for_the_same_history_and_not_in_its_order() -> None:
    histories = []
    for _ in range(2):
        account = Account()
        customer = account.put("customer", "cus_1")
        histories.append(
            [account.store.emit("customer.updated", customer, START + 80 * DAY) for _ in range(20)]
        )

    assert histories[0] == histories[1]
    assert histories[0] != sorted(histories[0])
    assert len(set(histories[0])) == 20


def test_moments_need_a_zone() -> None:
    assert to_epoch(NOW) == to_epoch(int(NOW.timestamp()))
    with pytest.raises(ValueError, match="time zone"):
        to_epoch(datetime(2026, 1, 1))  # noqa: DTZ001 - the point of the test
