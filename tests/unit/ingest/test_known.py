"""What is landed and what waits are one: what either names, tells of, or holds already."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from fake_stripe import ACCOUNT, NOW, FakeReader, Warehouse
from memory_store import LANDED, MemoryStore

from ingest.personal_data import Pseudonymiser
from ingest.stripe import packages
from ingest.stripe.known import Known
from ingest.stripe.landing import Landing, Origin, Row
from ingest.stripe.packages import Package, Packer
from ingest.stripe.specs import BY_TABLE
from ingest.stripe.store import Landed
from warehouse.settings import Settings

EVER = datetime(1970, 1, 1, tzinfo=UTC)
TABLES = frozenset(BY_TABLE)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def known(store: MemoryStore) -> Known:
    return Known(Landed(store, ACCOUNT), Packer(), TABLES)


def _rows(table: str, *objects: dict[str, Any], deleted: Iterable[str] = ()) -> list[Row]:
    landing = Landing(Pseudonymiser(b"key"), ACCOUNT, lambda: NOW)
    gone = {one: Origin(deleted=True) for one in deleted}
    return landing.rows(BY_TABLE[table], objects, gone)


def _charge(charge_id: str, **fields: Any) -> dict[str, Any]:
    return {"id": charge_id, "object": "charge", "created": 1_000, **fields}


def test_what_waits_names_what_is_neither_landed_nor_waiting(
    store: MemoryStore, known: Known
) -> None:
    store.land(Package({"customers": _rows("customers", {"id": "cus_landed"})}, {}))
    named = [_charge(f"ch_{one}", customer=f"cus_{one}") for one in ("landed", "waiting", "new")]
    known.packer.add("charges", _rows("charges", *named, _charge("ch_1", customer=None)))
    known.packer.add("customers", _rows("customers", {"id": "cus_waiting"}))
    assert known.named(EVER) == {"customers": {"cus_new"}}
    assert known.named(EVER) == {}, "what was looked at once is not looked at again"


def test_what_is_gone_or_landed_already_names_nothing(store: MemoryStore, known: Known) -> None:
    same = _rows("charges", _charge("ch_same", customer="cus_1"))
    store.land(Package({"charges": same}, {}))
    gone = _rows("charges", _charge("ch_gone", customer="cus_2"), deleted=["ch_gone"])
    known.packer.add("charges", [*same, *gone])
    assert known.named(EVER) == {}
    assert [row.id for row in known.take()["charges"]] == ["ch_gone"]


def test_what_landed_before_it_was_looked_at_is_looked_at_there(
    store: MemoryStore, known: Known
) -> None:
    known.packer.add("charges", _rows("charges", _charge("ch_1", customer="cus_1")))
    store.land(Package(known.take(), {}))
    refund = {"id": "re_1", "balance_transaction": "txn_1"}
    known.packer.add("refunds", _rows("refunds", refund))
    assert known.named(EVER) == {"customers": {"cus_1"}, "balance_transactions": {"txn_1"}}
    store.land(Package(known.take(), {}))
    assert known.named(EVER) == {}, "it was seen what the refund names before it landed"


def test_what_is_not_read_is_not_wanted(store: MemoryStore) -> None:
    known = Known(Landed(store, ACCOUNT), Packer(), TABLES - {"customers"})
    known.packer.add("charges", _rows("charges", _charge("ch_1", customer="cus_1")))
    assert known.named(EVER) == {}


def test_parents_are_told_of_by_what_is_landed_and_by_what_waits(
    store: MemoryStore, known: Known
) -> None:
    customers = [{"id": f"cus_{owed}", "object": "customer", "balance": owed} for owed in (0, 5, 7)]
    store.land(Package({"customers": _rows("customers", *customers[:2])}, {}))
    known.packer.add("customers", _rows("customers", customers[2]))
    assert known.parents(EVER)["customer_balance_transactions"] == {"cus_5", "cus_7"}


def test_of_deletions_those_count_of_which_nothing_is_known(
    store: MemoryStore, known: Known
) -> None:
    def told(kind: str, object_id: str, at: int) -> dict[str, Any]:
        data = {"object": {"id": object_id, "object": kind}}
        event_type = f"{kind}.deleted"
        return {"id": f"evt_{at}", "created": at, "type": event_type, "data": data}

    landed = [told("coupon", "KEPT", 1), told("product", "prod_1", 2), told("mandate", "m_1", 3)]
    store.land(Package({"events": _rows("events", *landed)}, {}))
    store.land(Package({"coupons": _rows("coupons", {"id": "KEPT", "object": "coupon"})}, {}))
    waiting = [told("product", "prod_1", 5), told("product", "prod_2", 4), told("price", "p_1", 6)]
    known.packer.add("events", _rows("events", *waiting))
    known.packer.add("prices", _rows("prices", {"id": "p_1", "object": "price"}))
    found = known.told_deleted()
    assert {table: sorted(changes) for table, changes in found.items() if changes} == {
        "products": ["prod_1", "prod_2"]
    }
    assert found["products"]["prod_1"].event["id"] == "evt_5", "the last that was told counts"


def test_a_small_account_is_two_packages_whatever_its_objects_name(settings: Settings) -> None:
    reader = FakeReader()
    warehouse = Warehouse(reader, settings)
    for name in ("cus_named", "prod_named"):
        reader.unlisted.add(name)
    reader.put("customer", "cus_named", balance=5)
    row = {"customer": "cus_named", "amount": 5}
    reader.put("customer_balance_transaction", "cbtxn_1", **row)
    reader.put("product", "prod_named")
    reader.put("charge", "ch_1", customer="cus_named")
    reader.put("price", "price_1", product="prod_named")
    assert {"customers", "products"} <= warehouse.pull().keys()
    # The lists with what they name, and what changed while they were read.
    assert len(warehouse.store.packages) == 2
    payload = reader.put("charge", "ch_2", customer="cus_2")
    reader.emit("charge.succeeded", payload, 5_000)
    assert sorted(warehouse.pull()) == ["charges", "customers", "events"]
    assert len(warehouse.store.packages) == 1


def test_so_it_ends_where_each_object_is_a_package(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "PACKAGE_OBJECTS", 1)
    reader = FakeReader()
    warehouse = Warehouse(reader, settings)
    reader.unlisted.update(("cus_1", "prod_1", "price_1"))
    for kind, name in (("customer", "cus_1"), ("product", "prod_1")):
        reader.put(kind, name)
    reader.put("price", "price_1", product="prod_1")
    item = {"id": "si_1", "price": {"id": "price_1"}}
    reader.put("subscription", "sub_1", customer="cus_1", items={"data": [item]})
    landed = warehouse.pull()
    assert {"customers", "prices", "products", "subscriptions"} <= landed.keys()
    assert len(warehouse.store.packages) > 4


def test_a_deletion_of_something_landed_once_is_not_asked_for(settings: Settings) -> None:
    reader = FakeReader()
    warehouse = Warehouse(reader, settings)
    gone = {"id": "prod_gone", "object": "product", "created": 900}
    reader.emit("product.deleted", gone, 5_001)
    assert [row.id for row in warehouse.pull("full")["products"]] == ["prod_gone"]
    known = Known(Landed(warehouse.store, ACCOUNT), Packer(), TABLES)
    assert not any(known.told_deleted().values())
    with warehouse.store.raw() as raw:
        raw.connection.execute(f"delete from {LANDED} where table_name = 'products'")
    (change,) = known.told_deleted()["products"].values()
    assert orjson.loads(orjson.dumps(change.payload)) == gone
