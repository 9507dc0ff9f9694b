"""An hour says of old transactions which payout paid them out, as a rebuild does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integration.models.project import ASKED, Project
from tests.integration.models.raw_layer import RawLayer

pytestmark = pytest.mark.slow

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SELECTED = ("--select", *(f"+{name}" for name in ("rec_payouts", *ASKED)))


class Load:
    """Lands Stripe's objects as one load."""

    def __init__(self, raw: RawLayer, load_id: str, at: datetime) -> None:
        self._raw, self._load_id, self._at = raw, load_id, at
        raw.load("raw_app", load_id)
        raw.load("raw_stripe", load_id)

    def put(self, table: str, object_id: str, **fields: Any) -> None:
        moment = int((NOON - 48 * HOUR).timestamp())
        obj = {"id": object_id, "object": table[:-1], "created": moment, "currency": "usd"}
        self._raw.stripe(table, obj | fields, observed_at=self._at, load_id=self._load_id)

    def booked(self, name: str, source: str, net: int, category: str) -> None:
        at = int((NOON - 48 * HOUR).timestamp())
        amounts = {"amount": net, "fee": 0, "net": net, "available_on": at}
        kind = {"type": category, "reporting_category": category, "status": "available"}
        self.put("balance_transactions", name, source=source, **amounts, **kind)

    def sale(self, name: str, net: int) -> None:
        self.put("customers", f"cus_{name}")
        self.put("charges", f"ch_{name}", customer=f"cus_{name}", amount=net, status="succeeded")
        self.booked(f"txn_{name}", f"ch_{name}", net, "charge")

    def payout(self, status: str) -> None:
        booked = {"balance_transaction": "txn_out", "failure_balance_transaction": None}
        self.put("payouts", "po_1", amount=900, automatic=True, status=status, **booked)

    def paid_out(self, name: str, source: str, net: int, kind: str) -> None:
        listed = {"payout": "po_1", "balance_transaction": name, "net": net}
        self.put("payout_transactions", f"po_1/{name}", source=source, type=kind, **listed)


def first_load(raw: RawLayer) -> None:
    raw.create(now=NOON, first_load_at=NOON)
    load = Load(raw, "1", NOON)
    load.sale("old", 905)
    load.sale("waits", 50)
    load.booked("txn_fee", "", -5, "fee")
    load.booked("txn_out", "po_1", -900, "payout")
    load.payout("in_transit")


def second_load(raw: RawLayer) -> None:
    """Land an hour: Stripe tells what the payout paid out, and there is a new sale."""
    load = Load(raw, "2", NOON + HOUR)
    load.payout("paid")
    load.paid_out("txn_old", "ch_old", 905, "charge")
    load.paid_out("txn_fee", "", -5, "stripe_fee")
    load.paid_out("txn_out", "po_1", -900, "payout")
    load.sale("new", 7)


def told(project: Project) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Return what is said of transactions and of payouts."""
    transactions = "select * from build.fct_balance_transactions order by balance_transaction_id"
    payouts = "select paid_out_minor, transactions, is_reconciled from build.rec_payouts"
    return project.rows(transactions), project.rows(payouts)


def test_what_was_paid_out_is_said_in_the_hour_that_stripe_tells_it(project: Project) -> None:
    with project.raw() as raw:
        first_load(raw)
    project.run(*SELECTED)
    assert told(project)[1] == [(None, None, True)]
    with project.raw() as raw:
        second_load(raw)
    project.go_on("1", NOON, NOON + HOUR)
    project.run("--vars", "{sliced: true}", *SELECTED)
    owners = project.rows("select owner_id from intermediate.int_changed_owners")
    assert owners == [("cus_new",)]
    paid = "select balance_transaction_id, paid_out_by from build.fct_balance_transactions"
    assert dict(project.rows(paid)) == {
        "txn_old": "po_1",
        "txn_fee": "po_1",
        "txn_waits": None,
        "txn_out": None,
        "txn_new": None,
    }
    hour = told(project)
    assert hour[1] == [(900, 2, True)]
    project.run("--full-refresh", *SELECTED)
    assert told(project) == hour
