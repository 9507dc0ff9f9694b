"""What payouts paid out is read of those of which Stripe tells it, when it tells it, and once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from fake_stripe import FakeReader, Warehouse
from memory_store import KilledError

from ingest.stripe import fetching, packages
from ingest.stripe.client import GoneError
from ingest.stripe.specs import BY_TABLE
from warehouse.settings import Settings

CHILD = "payout_transactions"
TOLD = {"automatic": True, "reconciliation_status": "completed", "amount": 900}
PENDING = TOLD | {"reconciliation_status": "in_progress"}
BY_HAND = {"automatic": False, "reconciliation_status": "not_applicable", "amount": 900}


@pytest.fixture
def reader() -> FakeReader:
    made = FakeReader()
    made.put("payout_transaction", "txn_1", payout="po_1", net=905, fee=5, source="ch_1", type="x")
    made.put("payout_transaction", "txn_2", payout="po_2", net=400, source="ch_2", type="x")
    return made


@pytest.fixture
def warehouse(reader: FakeReader, settings: Settings) -> Warehouse:
    return Warehouse(reader, settings)


def _asked(reader: FakeReader) -> list[str]:
    return [what for how, what in reader.asked if how == "children"]


def test_only_payouts_of_which_stripe_tells_it_are_asked_for(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    reader.put("payout", "po_1", **TOLD)
    reader.put("payout", "po_2", **PENDING)
    reader.put("payout", "po_3", **BY_HAND)
    landed = warehouse.pull()
    assert _asked(reader) == [f"{CHILD}/po_1"]
    (row,) = landed[CHILD]
    assert row.id == "po_1/txn_1"
    assert orjson.loads(row.object) == {
        "id": "po_1/txn_1",
        "object": "payout_transaction",
        "payout": "po_1",
        "balance_transaction": "txn_1",
        "created": 1_000,
        "net": 905,
        "source": "ch_1",
        "type": "x",
    }
    warehouse.now += timedelta(hours=1)
    assert warehouse.pull("nightly") == {}
    assert _asked(reader) == []


@pytest.mark.parametrize(
    ("became", "asked"), [(TOLD, [f"{CHILD}/po_1"]), (PENDING, []), (BY_HAND, [])]
)
def test_a_payout_that_changed_is_asked_for_once(
    became: dict[str, Any], asked: list[str], reader: FakeReader, warehouse: Warehouse
) -> None:
    reader.emit("payout.created", reader.put("payout", "po_1", **PENDING), 5_000)
    warehouse.pull()
    assert _asked(reader) == []
    reader.put("payout", "po_1", status="paid", **became)
    for kind in ("payout.reconciliation_completed", "payout.paid"):
        reader.emit(kind, reader.objects["payout"]["po_1"], 6_000)
    landed = warehouse.pull()
    assert _asked(reader) == asked
    assert (CHILD in landed) == bool(asked)


def test_a_warehouse_of_before_reads_what_was_paid_out_all_the_same(
    reader: FakeReader, warehouse: Warehouse
) -> None:
    reader.put("payout", "po_1", **TOLD)
    reader.put("payout", "po_2", **PENDING)
    warehouse.pull(tables=BY_TABLE.keys() - {CHILD})
    # As a release left it that had no such table.
    accounts = warehouse.store.state()["accounts"]
    accounts[warehouse.account]["tables"].remove(CHILD)
    accounts[warehouse.account]["left_out"] = []
    warehouse.now += timedelta(hours=1)
    landed = warehouse.pull()
    assert [row.id for row in landed[CHILD]] == ["po_1/txn_1"]
    assert _asked(reader) == [f"{CHILD}/po_1"]
    assert warehouse.pull() == {}


def test_a_payout_without_such_a_list_is_no_reason_to_fail(
    reader: FakeReader, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stripe refuses it of what was paid out by hand, whatever a payout says of itself."""

    def refused(*_: object) -> list[dict[str, Any]]:
        raise GoneError("/v1/balance_transactions")

    monkeypatch.setattr(reader, "listed_under", refused)
    reader.put("payout", "po_1", **TOLD)
    landed = warehouse.pull()
    assert [row.id for row in landed["payouts"]] == ["po_1"]
    assert CHILD not in landed


def test_after_a_kill_lists_that_were_landed_are_not_read_again(
    reader: FakeReader, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "PACKAGE_OBJECTS", 1)
    monkeypatch.setattr(fetching, "WORKERS", 1)
    payouts = [f"po_{number}" for number in range(3, 9)]
    for payout_id in payouts:
        reader.put("payout", payout_id, **TOLD)
        reader.put("payout_transaction", f"txn_of_{payout_id}", payout=payout_id, net=1, type="x")

    def killed() -> None:
        if "po_6/txn_of_po_6" in warehouse.store.newest(CHILD):
            raise KilledError

    warehouse.store.after_commit = killed
    with pytest.raises(KilledError):
        warehouse.pull()
    warehouse.store.after_commit = lambda: None
    reader.asked.clear()
    warehouse.pull()
    # With the row of po_6 landed it was not known yet that its list had been taken.
    assert _asked(reader) == [f"{CHILD}/{payout_id}" for payout_id in payouts[3:]]
    assert warehouse.store.newest(CHILD).keys() == {f"{one}/txn_of_{one}" for one in payouts}
