"""What is cleaned while it is read is, to the byte, what the walk over every key leaves of it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from fake_stripe import ACCOUNT, NOW
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.erased import ErasedNames
from ingest.personal_data import (
    ADDRESS_KEYS,
    DROPPED_IN,
    DROPPED_KEYS,
    EMAIL_KEYS,
    KEPT_IN,
    OF_ADDRESSES,
    Pseudonymiser,
)
from ingest.stripe.landing import Landing
from ingest.stripe.quick import Cleaned, QuickReader
from ingest.stripe.specs import BY_TABLE
from sandbox.company import build_world
from sandbox.stripe_api.render import render
from sandbox.stripe_api.resources import RESOURCES

Json = dict[str, Any]

CHARGES = BY_TABLE["charges"]
CANARY = "canary"


def _landing() -> Landing:
    return Landing(Pseudonymiser(b"key"), ACCOUNT, lambda: NOW)


def _body(objects: Iterable[Json]) -> bytes:
    page = {"object": "list", "data": list(objects), "has_more": False, "url": "/"}
    return json.dumps(page, indent=2).encode()


def _read(reader: QuickReader, objects: Iterable[Json]) -> list[Json | Cleaned]:
    body = _body(objects)
    page = reader.page(body)
    rows: list[Json | Cleaned] = (orjson.loads(body) if page is None else page)["data"]
    return rows


def _quick(rows: Iterable[Json | Cleaned]) -> int:
    return sum(isinstance(row, Cleaned) for row in rows)


def _agree(reader: QuickReader, landing: Landing, objects: list[Json]) -> int:
    """Assert that both ways give the same rows; return how many went the quick one."""
    read = _read(reader, objects)
    spec = reader.spec
    parsed: list[Json] = orjson.loads(_body(objects))["data"]
    assert landing.rows(spec, read) == landing.rows(spec, parsed)
    return _quick(read)


def _charge(**changes: Any) -> Json:
    return {
        "id": "ch_1",
        "object": "charge",
        "created": 86_400,
        "amount": 1,
        "billing_details": {
            "name": CANARY,
            "email": "Jane.Canary@example.com",
            "address": {"city": CANARY, "country": "DE", "line1": CANARY},
        },
        "metadata": {"userId": "user_1", "Full-Name": CANARY},
        "payment_method_details": {"card": {"last4": CANARY, "brand": "visa"}, "type": "card"},
        "shipping": None,
        **changes,
    }


def _taught() -> QuickReader:
    reader = QuickReader(CHARGES, Pseudonymiser(b"key"))
    assert [_quick(_read(reader, [_charge()])) for _ in range(2)] == [0, 1]
    return reader


def test_what_is_known_is_cleaned_while_it_is_read() -> None:
    (read,) = _read(_taught(), [_charge(id="ch_2", amount=2)])
    assert isinstance(read, Cleaned)
    assert (read.id, read.created, read.deleted) == ("ch_2", 86_400, False)
    assert CANARY not in read.text.decode()
    assert orjson.loads(read.text)["billing_details"]["address"] == {"country": "DE"}
    assert _landing().rows(CHARGES, [read]) == _landing().rows(
        CHARGES, [_charge(id="ch_2", amount=2)]
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"owner": {"name": CANARY}},
        {"shipping": {"name": CANARY}},
        {"shipping": {"carrier": {"phone": CANARY}}},
        {"amount": {"line1": CANARY, "country": "DE"}},
        {"amount": [{"last4": CANARY}]},
        {"billing_details": {"object": "payment_method", "number": CANARY}},
        {"billing_details": {"address": [{"line1": CANARY}]}},
        {"payment_method_details": {"card": {"postal_code": CANARY, "brand": "visa"}}},
        {"metadata": {"nested": {"plan": 1}}},
        {"object": "customer", "description": CANARY},
        {"description": "for jane.canary@example.com"},
        {"amount": 2**63},
        {"amount": 1e16},
        {"amount": 10**30},
        {"id": 7},
        {"id": None},
        {"description": "a\0b"},
    ],
)
def test_what_is_not_known_is_cleaned_by_every_key(changes: Json) -> None:
    reader = _taught()
    odd = _charge(**changes)
    assert _quick(_read(reader, [odd])) == 0
    for _ in range(3):
        # Also once it was learned from.
        _agree(reader, _landing(), [odd, _charge()])
    for row in _landing().rows(CHARGES, _read(reader, [odd, _charge()])):
        assert CANARY not in row.object


def test_what_may_be_anything_is_cleaned_by_every_key_and_the_rest_is_not() -> None:
    reader = _taught()
    sources = [
        {"object": "card", "last4": CANARY, "email": "Jane@Canary.com"},
        {"object": "bank_account", "account_holder_name": CANARY},
        "src_1",
        {"any key": {"name": CANARY, "z": 1, "a": 1.50}},
    ]
    objects = [_charge(source=source) for source in sources]
    _read(reader, objects)
    assert _agree(reader, _landing(), objects) == len(objects)


def test_a_list_of_which_more_rows_follow_is_left_to_be_completed() -> None:
    reader = QuickReader(BY_TABLE["invoices"], Pseudonymiser(b"key"))

    def invoice(**lines: Any) -> Json:
        return {"id": "in_1", "object": "invoice", "lines": {"object": "list", "data": [], **lines}}

    whole = invoice(has_more=False)
    _read(reader, [whole])
    assert _quick(_read(reader, [whole])) == 1
    for more in (invoice(has_more=True), invoice(has_more=None), invoice(has_more=1)):
        assert _quick(_read(reader, [more])) == 0


def test_events_are_left_alone() -> None:
    reader = QuickReader(BY_TABLE["events"], Pseudonymiser(b"key"))
    event = {"id": "evt_1", "object": "event", "data": {"object": _charge()}}
    _read(reader, [event])
    assert reader.page(_body([event])) is None


@pytest.mark.parametrize("body", [b"", b"[]", b'{"error": {}}', b'{"data":[{"id":"\xff"}]}'])
def test_what_is_no_page_is_left_to_others(body: bytes) -> None:
    assert _taught().page(body) is None


def test_where_persons_were_erased_nothing_is_quick() -> None:
    landing = replace(_landing(), names=ErasedNames({"cus_1": "cus_erased_0"}))
    assert landing.quick(CHARGES) is None


def test_a_list_whose_objects_all_differ_is_learned_from_for_a_while_only() -> None:
    reader = _taught()
    for number in range(150):
        _read(reader, [_charge(**{f"field_{number}": 1})])
    assert _quick(_read(reader, [_charge(field_0=1)])) == 1
    assert _quick(_read(reader, [_charge(field_149=1)])) == 0


def test_all_objects_of_a_company_are_the_same_rows_either_way() -> None:
    day = datetime(2026, 5, 1, tzinfo=UTC) - timedelta(days=1)
    world = build_world(seed=3, customers=25, day=day)
    specs = {spec.object: spec for spec in BY_TABLE.values()}
    landing = _landing()
    quick: dict[str, float] = {}
    for resource in RESOURCES:
        rows = list(world.store.table(resource.kind).rows.values())
        spec = specs.get(resource.kind)
        if not rows or spec is None:
            continue
        reader = QuickReader(spec, landing.pseudonymiser)
        objects = [render(row.load(), {}, world.store) for row in rows]
        _agree(reader, landing, objects)
        quick[resource.kind] = _agree(reader, landing, objects) / len(objects)
    assert len(quick) > 15
    for kind in ("charge", "invoice", "checkout.session", "subscription", "payment_intent"):
        assert quick[kind] > 0.9, quick


# -- random objects --------------------------------------------------------------------------------

KEYS = [
    *("object", "metadata", "name", "amount", "data", "items", "country", "currency", "card"),
    *("type", "source", "has_more", "card_email", "status", "period", "price", "plan"),
    *sorted(DROPPED_KEYS)[::6],
    *sorted(ADDRESS_KEYS),
    *sorted(OF_ADDRESSES),
    *sorted(EMAIL_KEYS),
    *sorted(frozenset().union(*DROPPED_IN.values()))[::3],
    *sorted(KEPT_IN["payment_method"])[::3],
]
ODD_KEYS = ["id", "created", "date", "deleted", "é", 'a"b', "a b", ""]
KINDS = [None, "charge", "card", "list", "product", *DROPPED_IN, *KEPT_IN]
COMMON = st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "DE", "visa"])
RARE = (
    st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.sampled_from(["Jane@Example.com", "a b@c.de d", "\0", "\\u0000", "ü\n"])
)
SCALARS = st.one_of(COMMON, COMMON, COMMON, COMMON, RARE)


def _with_kind(kind: Any, obj: Json) -> Json:
    return obj if kind is None else {**obj, "object": kind}


PARTS = st.recursive(
    SCALARS,
    lambda parts: (
        st.lists(parts, max_size=3)
        | st.builds(
            _with_kind,
            st.sampled_from([*KINDS, 7]),
            st.dictionaries(st.sampled_from([*KEYS * 4, *ODD_KEYS]), parts, max_size=6),
        )
    ),
    max_leaves=25,
)
OBJECTS = st.builds(
    lambda obj: {"id": "ch_1", "object": "charge", **obj},
    st.dictionaries(st.sampled_from([*KEYS[1:] * 9, *ODD_KEYS[:4]]), PARTS, max_size=8),
)


def _varied(node: Any, chance: random.Random, scalars: list[Any], parts: list[Any]) -> Any:
    """Return JSON that looks nearly the same: most scalars are others, few parts are."""
    if chance.random() < 0.01:
        return chance.choice(parts)
    if isinstance(node, dict):
        kept = {key: part for key, part in node.items() if chance.random() > 0.01}
        return {
            key: part if key in {"id", "object"} else _varied(part, chance, scalars, parts)
            for key, part in kept.items()
        }
    if isinstance(node, list):
        return [_varied(element, chance, scalars, parts) for element in node]
    return chance.choice([node, node, *scalars])


def _counted(count: list[int]) -> Callable[..., None]:
    @settings(max_examples=100, deadline=None)
    @given(
        templates=st.lists(OBJECTS, min_size=1, max_size=2),
        scalars=st.lists(SCALARS, max_size=6),
        parts=st.lists(PARTS, min_size=1, max_size=3),
        seed=st.integers(0, 2**32),
    )
    def agree(templates: list[Json], scalars: list[Any], parts: list[Any], seed: int) -> None:
        # One of Hypothesis would most often draw the least number there is.
        chance = random.Random(seed)
        reader = QuickReader(CHARGES, Pseudonymiser(b"key"))
        landing = _landing()
        for _ in range(4):
            objects = [
                varied
                for template in templates
                for _ in range(3)
                if isinstance(varied := _varied(template, chance, scalars, parts), dict)
            ]
            count[0] += _agree(reader, landing, objects)
            count[1] += len(objects)

    return agree


def test_random_objects_are_the_same_rows_either_way() -> None:
    count = [0, 0]
    _counted(count)()
    # Otherwise it would say nothing.
    assert count[0] > count[1] / 10, count
