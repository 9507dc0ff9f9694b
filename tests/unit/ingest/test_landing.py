"""From an object to a row."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from fake_stripe import ACCOUNT, NOW

from ingest.personal_data import Pseudonymiser
from ingest.raw import version_of
from ingest.stripe.landing import SCHEMA, Landing, Origin, arrow_table, ids_at, values_at
from ingest.stripe.specs import API_VERSION, BY_TABLE

CUSTOMERS = BY_TABLE["customers"]
INVOICE_ITEMS = BY_TABLE["invoice_items"]


def _landing() -> Landing:
    return Landing(Pseudonymiser(b"key"), ACCOUNT, lambda: NOW)


def test_a_row_says_what_was_seen_when_and_why() -> None:
    customer = {"id": "cus_1", "object": "customer", "created": 86_400, "name": "Jane"}
    (row,) = _landing().rows(CUSTOMERS, [customer], {"cus_1": Origin("evt_1")})
    assert json.loads(row.object) == {"id": "cus_1", "object": "customer", "created": 86_400}
    assert (row.created_at, row.observed_at, row.event_id) == (86_400, NOW, "evt_1")
    assert (row.deleted, row.api_version, len(row.hash)) == (False, API_VERSION, 64)


def test_the_hash_does_not_depend_on_the_order_of_keys() -> None:
    one = {"id": "cus_1", "object": "customer", "balance": 1}
    other = {"balance": 1, "object": "customer", "id": "cus_1"}
    assert _landing().rows(CUSTOMERS, [one])[0].hash == _landing().rows(CUSTOMERS, [other])[0].hash


def test_the_text_is_sorted_and_keeps_the_digits() -> None:
    customer = {"object": "customer", "id": "cus_1", "rate": 1.0843, "unit": "0.10", "n": 10**15}
    (row,) = _landing().rows(CUSTOMERS, [customer])
    assert row.object == (
        '{"id":"cus_1","n":1000000000000000,"object":"customer","rate":1.0843,"unit":"0.10"}'
    )


def test_personal_data_does_not_make_a_new_version() -> None:
    customers = [{"id": "cus_1", "object": "customer", "name": name} for name in ("Jane", "June")]
    assert len({row.hash for row in _landing().rows(CUSTOMERS, customers)}) == 1


@pytest.mark.parametrize(
    "part",
    [
        {"email": "Jane@example.com"},
        {"description": "for jane@example.com"},
        {"metadata": {"email": "Jane@example.com", "name": "Jane"}},
        {"shipping": {"tags": [["jane@example.com"], {"payer_email": "jane@example.com"}]}},
        {"unit": "10 @ 5"},
    ],
)
def test_addresses_leave_the_text_wherever_they_are(part: dict[str, Any]) -> None:
    customer = {"id": "cus_1", "object": "customer", **part}
    (row,) = _landing().rows(CUSTOMERS, [customer])
    assert json.loads(row.object) == Pseudonymiser(b"key").clean(customer)
    assert "jane" not in row.object.lower()


def test_what_there_is_one_of_goes_by_its_account() -> None:
    (row,) = _landing().rows(BY_TABLE["balances"], [{"object": "balance", "available": []}])
    assert (row.id, row.account_id) == (f"balance_{ACCOUNT}", ACCOUNT)


def test_an_invoice_item_is_dated_by_its_date() -> None:
    (row,) = _landing().rows(INVOICE_ITEMS, [{"id": "ii_1", "object": "invoiceitem", "date": 5}])
    assert row.created_at == 5


def test_a_deletion_of_the_same_content_is_another_version() -> None:
    assert version_of("ab" * 32, deleted=True) != version_of("ab" * 32, deleted=False)


def test_an_event_keeps_the_version_of_its_day() -> None:
    event = {"id": "evt_1", "object": "event", "api_version": "2020-08-27", "data": {"object": {}}}
    assert _landing().rows(BY_TABLE["events"], [event])[0].api_version == "2020-08-27"


def test_arrow_columns_are_typed_even_if_all_values_are_null() -> None:
    (row,) = _landing().rows(CUSTOMERS, [{"id": "cus_1", "object": "customer"}])
    table = arrow_table([row])
    assert table.schema == SCHEMA
    assert table.to_pylist()[0]["created_at"] is None
    assert arrow_table([]).schema == SCHEMA
    dated = arrow_table([row._replace(created_at=1_700_000_000)]).to_pylist()[0]
    assert dated["created_at"] == datetime.fromtimestamp(1_700_000_000, UTC)


def test_no_text_holds_a_nul() -> None:
    customer = {"id": "cus_1", "object": "customer", "metadata": {"a\0": ["x\0y", r"\u0000", 1]}}
    (row,) = _landing().rows(CUSTOMERS, [customer])
    assert json.loads(row.object)["metadata"] == {"a": ["xy", r"\u0000", 1]}


def test_values_at_a_path() -> None:
    node = {"items": {"data": [{"price": {"id": "p1"}}, {"price": "p2"}, {}, None]}, "x": None}
    assert values_at(node, "items.data.*.price") == [{"id": "p1"}, "p2"]
    assert ids_at(node, "items.data.*.price") == ["p1", "p2"]
    assert values_at(node, "x.y") == []
    assert values_at({"x": "text"}, "x.*") == []
