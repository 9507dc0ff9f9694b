"""From an object to a row."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fake_stripe import NOW

from ingest.personal_data import Pseudonymiser
from ingest.raw import is_deleted, version_of
from ingest.stripe.landing import SCHEMA, Landing, Origin, Row, arrow_table, tombstone, values_at
from ingest.stripe.specs import API_VERSION, BY_TABLE

CUSTOMERS = BY_TABLE["customers"]
INVOICE_ITEMS = BY_TABLE["invoice_items"]


def _landing() -> Landing:
    return Landing({}, Pseudonymiser(b"key"), lambda: NOW)


def test_a_row_says_what_was_seen_when_and_why() -> None:
    customer = {"id": "cus_1", "object": "customer", "created": 86_400, "name": "Jane"}
    (row,) = _landing().take(CUSTOMERS, [customer], {"cus_1": Origin("evt_1")})
    assert json.loads(row.object) == {"id": "cus_1", "object": "customer", "created": 86_400}
    assert (row.created_at, row.observed_at, row.event_id) == (86_400, NOW, "evt_1")
    assert (row.deleted, row.api_version, len(row.hash)) == (False, API_VERSION, 64)


def test_a_row_names_its_account() -> None:
    landing = Landing({}, Pseudonymiser(b"key"), lambda: NOW, "acct_1")
    (row,) = landing.take(CUSTOMERS, [{"id": "cus_1", "object": "customer"}])
    assert row.account_id == "acct_1"
    assert SCHEMA.names[-1] == Row._fields[-1] == "account_id"


def test_the_hash_does_not_depend_on_the_order_of_keys() -> None:
    one = {"id": "cus_1", "object": "customer", "balance": 1}
    other = {"balance": 1, "object": "customer", "id": "cus_1"}
    assert _landing().take(CUSTOMERS, [one])[0].hash == _landing().take(CUSTOMERS, [other])[0].hash


def test_the_text_keeps_the_order_and_the_digits() -> None:
    customer = {"object": "customer", "id": "cus_1", "rate": 1.0843, "unit": "0.10", "n": 10**15}
    (row,) = _landing().take(CUSTOMERS, [customer])
    assert row.object == (
        '{"object":"customer","id":"cus_1","rate":1.0843,"unit":"0.10","n":1000000000000000}'
    )


def test_personal_data_does_not_make_a_new_version() -> None:
    landing = _landing()
    assert landing.take(CUSTOMERS, [{"id": "cus_1", "object": "customer", "name": "Jane"}])
    assert not landing.take(CUSTOMERS, [{"id": "cus_1", "object": "customer", "name": "June"}])


def test_two_versions_in_one_pull_keep_their_order_though_the_clock_stands() -> None:
    landing = _landing()
    moments = [
        landing.take(CUSTOMERS, [{"id": "cus_1", "object": "customer", "balance": balance}])
        for balance in range(3)
    ]
    assert [rows[0].observed_at - NOW for rows in moments] == [
        timedelta(microseconds=number) for number in range(3)
    ]


def test_an_invoice_item_is_dated_by_its_date() -> None:
    (row,) = _landing().take(INVOICE_ITEMS, [{"id": "ii_1", "object": "invoiceitem", "date": 5}])
    assert row.created_at == 5


def test_a_deleted_object_is_not_deleted_again() -> None:
    landing = _landing()
    gone = {"cus_1": Origin("evt_1", deleted=True)}
    assert landing.take(CUSTOMERS, [{"id": "cus_1", "object": "customer", "balance": 1}], gone)
    assert not landing.take(CUSTOMERS, [tombstone(CUSTOMERS, "cus_1")])
    assert is_deleted(landing.known["customers"]["cus_1"])


def test_a_deletion_of_the_same_content_is_another_version() -> None:
    assert version_of("ab" * 32, deleted=True) != version_of("ab" * 32, deleted=False)


def test_an_event_keeps_the_version_of_its_day() -> None:
    event = {"id": "evt_1", "object": "event", "api_version": "2020-08-27", "data": {"object": {}}}
    assert _landing().take(BY_TABLE["events"], [event])[0].api_version == "2020-08-27"


def test_arrow_columns_are_typed_even_if_all_values_are_null() -> None:
    (row,) = _landing().take(CUSTOMERS, [{"id": "cus_1", "object": "customer"}])
    table = arrow_table([row])
    assert table.schema == SCHEMA
    assert table.to_pylist()[0]["created_at"] is None
    assert arrow_table([]).schema == SCHEMA
    dated = arrow_table([row._replace(created_at=1_700_000_000)]).to_pylist()[0]
    assert dated["created_at"] == datetime.fromtimestamp(1_700_000_000, UTC)


def test_no_text_holds_a_nul() -> None:
    customer = {"id": "cus_1", "object": "customer", "metadata": {"a\0": ["x\0y", r"\u0000", 1]}}
    (row,) = _landing().take(CUSTOMERS, [customer])
    assert json.loads(row.object)["metadata"] == {"a": ["xy", r"\u0000", 1]}


def test_values_at_a_path() -> None:
    node = {"items": {"data": [{"price": {"id": "p1"}}, {"price": "p2"}, {}, None]}, "x": None}
    assert values_at(node, ["items", "data", "*", "price"]) == [{"id": "p1"}, "p2"]
    assert values_at(node, ["x", "y"]) == []
    assert values_at({"x": "text"}, ["x", "*"]) == []
