"""What objects name is found alike on either engine, wherever and however it stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from ingest.dialect import EngineName, Rows, has_amount, labelled_ids, text_at
from ingest.stripe.specs import OBJECTS
from warehouse.engines import engine_for
from warehouse.settings import Settings

PATHS = [
    ("customers", "customer"),
    ("coupons", "items.data.*.discounts.*.source.coupon"),
    ("prices", "items.data.*.price"),
    ("products", "items.data.*.price.product"),
    ("balance_transactions", "balance_transactions.*"),
    ("taxes", "lists.*.rates.*"),
]
PRICE = {"id": "price_1", "product": "prod_1"}


@pytest.fixture(params=["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> EngineName:
    name: EngineName = request.param
    return name


@pytest.fixture
def asked(
    engine: EngineName, make_settings: Callable[..., Settings], request: pytest.FixtureRequest
) -> Callable[..., Rows]:
    """Return a function of a query about a table `objects`, and of what is in it."""
    url = request.getfixturevalue("postgres_url") if engine == "postgres" else None
    settings = make_settings(warehouse_url=url)
    settings.prepare_home()

    def ask(query: str, *objects: Any) -> Rows:
        with engine_for(settings).connect() as connection:
            connection.execute("create table objects (object text)")
            for one in objects:
                # As it is landed.
                text = orjson.dumps(one, option=orjson.OPT_SORT_KEYS).decode()
                connection.execute("insert into objects values (?)", (text,))
            # With a parameter: what only looks like the place of one must not be taken for it.
            return connection.execute(f"{query} and 1 = ?", (1,)).fetchall()

    return ask


@pytest.fixture
def named(engine: EngineName, asked: Callable[..., Rows]) -> Callable[..., set[tuple[str, str]]]:
    """Return a function that tells which ids stand at the paths of objects, with their labels."""

    def ask(*objects: Any) -> set[tuple[str, str]]:
        ids = labelled_ids(engine, "objects", PATHS)
        rows = asked(f"select label, id from ({ids}) as ids where true", *objects)
        return {(label, found) for label, found in rows if found}

    return ask


def test_ids_and_whole_objects_are_found_in_lists_of_any_depth(
    named: Callable[..., set[tuple[str, str]]],
) -> None:
    whole = {
        "customer": {"id": "cus_1", "name": "null", "address": {"city": "Ulm"}},
        "items": {
            "data": [
                {"price": PRICE, "discounts": [{"source": {"coupon": "SPRING"}}]},
                {"price": {"id": "price_2", "product": {"id": "prod_2", "name": "P"}}},
                {"price": "price_3", "discounts": [{"source": {"coupon": {"id": "FALL"}}}, "di_1"]},
            ]
        },
        "balance_transactions": ["txn_1", {"id": "txn_2"}],
        "lists": [{"rates": ["txr_1"]}, {"rates": [{"id": "txr_2"}, "txr_3"]}],
    }
    assert named(whole, {"customer": "cus_2"}) == {
        ("customers", "cus_1"),
        ("customers", "cus_2"),
        ("coupons", "SPRING"),
        ("coupons", "FALL"),
        ("prices", "price_1"),
        ("prices", "price_2"),
        ("prices", "price_3"),
        ("products", "prod_1"),
        ("products", "prod_2"),
        ("balance_transactions", "txn_1"),
        ("balance_transactions", "txn_2"),
        ("taxes", "txr_1"),
        ("taxes", "txr_2"),
        ("taxes", "txr_3"),
    }


@pytest.mark.parametrize(
    "hollow",
    [
        {},
        {"customer": None, "items": None, "lists": None},
        {"items": {"data": []}, "balance_transactions": [], "lists": [{}]},
        {"items": {"data": [{}, None, {"price": None, "discounts": None}]}},
        {"items": "moved", "lists": "moved", "balance_transactions": None},
    ],
)
def test_where_nothing_stands_nothing_is_found(
    hollow: dict[str, Any], named: Callable[..., set[tuple[str, str]]]
) -> None:
    assert named(hollow) == set()


def test_what_is_read_inside_of_another_reference_has_no_list_in_between() -> None:
    """Only that much is taken out of a text that is itself taken out of an object."""
    for spec in OBJECTS:
        paths = [reference.path for reference in spec.references]
        for path in paths:
            within = [path.removeprefix(f"{one}.") for one in paths if path.startswith(f"{one}.")]
            assert not any("*" in rest for rest in within), (spec.table, path)


def test_an_amount_is_one_that_is_not_zero_and_the_objects_own(
    engine: EngineName, asked: Callable[..., Rows]
) -> None:
    told = {
        "positive": {"balance": 10},
        "negative": {"balance": -7},
        "by_currency": {"balance": {"eur": 0, "usd": -300}},
        "zero": {"balance": 0, "other": 5},
        "zeros": {"balance": {"eur": 0, "usd": 0}},
        "no currency": {"balance": {}},
        "none": {"balance": None},
        "absent": {"balance_left": 5},
        "within": {"balance": 0, "lines": [{"balance": 9}], "customer": {"balance": 4}},
    }
    query = f"select {text_at(engine, 'id')} from objects where {has_amount(engine, 'balance')}"
    rows = asked(query, *({"id": name, **obj} for name, obj in told.items()))
    assert {name for (name,) in rows} == {"positive", "negative", "by_currency"}
