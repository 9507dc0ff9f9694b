"""The table of Stripe objects holds together."""

from __future__ import annotations

from typing import Any

import pytest

from ingest.stripe.object_spec import ParentList, ParentSign
from ingest.stripe.specs import (
    ALL_OBJECTS,
    BY_OBJECT,
    BY_TABLE,
    CHILD_OBJECTS,
    EVENTS,
    OBJECTS,
    READ_AGAIN,
    REFERENCES,
    TOUCHES,
    ObjectSpec,
)


def test_tables_and_types_are_named_once() -> None:
    assert len(BY_TABLE) == len(BY_OBJECT) == len(ALL_OBJECTS)
    apart = [spec.table for spec in (*OBJECTS, *CHILD_OBJECTS, EVENTS)]
    assert sorted(apart) == sorted(BY_TABLE)


def test_every_name_in_the_tables_is_a_table() -> None:
    named = {spec.by_parent[1] for spec in OBJECTS if spec.by_parent}
    named |= {table for pairs in TOUCHES.values() for _, table in pairs}
    named |= {table for pairs in REFERENCES.values() for _, table in pairs}
    for spec in CHILD_OBJECTS:
        assert spec.parents
        named |= {spec.parents.table, *(sign.table for sign in spec.parents.signs)}
    assert named | set(REFERENCES) <= set(BY_TABLE)


def test_what_changes_with_an_object_is_read_again() -> None:
    """The balance transactions of what moves money, and the items that an invoice takes in."""
    moving = {
        "application_fees", "charges", "disputes", "payouts", "refunds", "topups", "transfers",
    }  # fmt: skip
    assert set(READ_AGAIN) == moving | {"invoices"}
    assert all(set(pairs) <= set(REFERENCES[table]) for table, pairs in READ_AGAIN.items())


def test_a_list_expands_inside_data() -> None:
    assert BY_TABLE["subscriptions"].list_expand == ["data.discounts", "data.items.data.discounts"]


def test_where_one_object_is() -> None:
    assert BY_TABLE["charges"].url("ch_1") == "/v1/charges/ch_1"
    assert BY_TABLE["balances"].url("balance") == "/v1/balance"
    child = BY_TABLE["customer_balance_transactions"]
    assert child.list_path("cus_1") == "/v1/customers/cus_1/balance_transactions"
    assert child.url("cbtxn_1", "cus_1") == "/v1/customers/cus_1/balance_transactions/cbtxn_1"
    assert BY_TABLE["payout_transactions"].list_path("po_1") == "/v1/balance_transactions"


@pytest.mark.parametrize(
    ("table", "obj", "parent", "tells"),
    [
        ("customers", {"id": "cus_1", "balance": 0}, "cus_1", False),
        ("customers", {"id": "cus_1", "balance": -500}, "cus_1", True),
        (
            "customers",
            {"id": "cus_1", "balance": 0, "invoice_credit_balance": {"eur": 0}},
            "cus_1",
            False,
        ),
        (
            "customers",
            {"id": "cus_1", "balance": 0, "invoice_credit_balance": {"eur": 0, "jpy": -7}},
            "cus_1",
            True,
        ),
        (
            "invoices",
            {"customer": "cus_1", "starting_balance": 0, "ending_balance": None},
            "cus_1",
            False,
        ),
        (
            "invoices",
            {"customer": "cus_1", "starting_balance": 100, "ending_balance": 0},
            "cus_1",
            True,
        ),
        ("invoices", {"customer": None, "starting_balance": 0}, None, False),
    ],
)
def test_what_tells_of_a_customers_balance_transactions(
    table: str, obj: dict[str, Any], parent: str | None, tells: bool
) -> None:
    parents = BY_TABLE["customer_balance_transactions"].parents
    assert parents
    (sign,) = (sign for sign in parents.signs if sign.table == table)
    assert sign.parent_id(obj) == parent
    assert sign.tells(obj) is tells


@pytest.mark.parametrize(
    ("payout", "tells"),
    [
        ({"automatic": True, "reconciliation_status": "completed", "amount": 900}, True),
        ({"automatic": True, "reconciliation_status": "completed", "amount": -900}, True),
        ({"automatic": True, "reconciliation_status": "in_progress", "amount": 900}, False),
        ({"automatic": False, "reconciliation_status": "not_applicable", "amount": 900}, False),
        ({"automatic": True, "amount": 900}, False),
    ],
)
def test_what_tells_of_what_a_payout_paid_out(payout: dict[str, Any], tells: bool) -> None:
    parents = BY_TABLE["payout_transactions"].parents
    assert parents
    (sign,) = parents.signs
    assert sign.parent_id(payout | {"id": "po_1"}) == "po_1"
    assert sign.tells(payout) is tells


def test_what_is_landed_of_a_list_under_a_parent() -> None:
    booked = {"id": "txn_1", "net": 5, "type": "charge", "source": "ch_1", "created": 7, "fee": 1}
    assert BY_TABLE["payout_transactions"].listed(booked, "po_1") == {
        "id": "po_1/txn_1",
        "object": "payout_transaction",
        "payout": "po_1",
        "balance_transaction": "txn_1",
        "net": 5,
        "type": "charge",
        "source": "ch_1",
        "created": 7,
    }
    assert BY_TABLE["customer_balance_transactions"].listed(booked, "cus_1") == booked


PARENTS = ParentList("others", "other", (ParentSign("others", "id", ("amount",)),))


@pytest.mark.parametrize(
    "wrong",
    [
        {"path": "/v2/core/events"},
        {"path": "v1/charges"},
        {"singleton": True, "deletable": True},
        {"expand": ("a.b.c.d",)},
        {"has_created": False, "bounded": True},
        {"path": "/v1/others/{id}/things"},
        {"parents": PARENTS},
    ],
)
def test_a_spec_that_cannot_work_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="things"):
        ObjectSpec(
            **{"table": "things", "object": "thing", "path": "/v1/x", "permission": "X"} | wrong
        )
