"""Finding a person in the raw layer and taking them out of it, on both engines."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from raw_layer import RawLayer

from ingest import find_person, finish_erasures
from ingest.erased import erased_names
from warehouse.engines import engine_for
from warehouse.operations import Erasures, OperationsStore
from warehouse.pseudonyms import email_hash
from warehouse.settings import Settings

AT = datetime(2026, 11, 1, tzinfo=UTC)
USER, OTHER = "c00e9dc9oysmwflr7xdhqn9d9", "c02i1sv05f8rsmgnnhyt60up4"
CUSTOMER, SECOND, THIRD = "cus_229EwTy6NVAKFV", "cus_w1TuEv8gt0elDF", "cus_eGzj4dZQETa1Vc"
EMAIL = "ana@example.com"


@pytest.fixture(params=["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def settings(request: pytest.FixtureRequest, make_settings: Callable[..., Settings]) -> Settings:
    """Return a warehouse in which one person has two Stripe customers, and somebody else one."""
    options = {"pseudonym_key": "k"}
    if request.param == "postgres":
        options["warehouse_url"] = request.getfixturevalue("postgres_url")
    settings = make_settings(**options)
    settings.prepare_home()
    with engine_for(settings).connect() as connection:
        raw = RawLayer(connection)
        _fill(raw, email_hash(b"k", EMAIL))
        raw.flush()
    return settings


def _fill(raw: RawLayer, email: str) -> None:
    raw.create(now=AT, first_load_at=AT)
    for schema in ("raw_stripe", "raw_app"):
        raw.load(schema, "1")
    landed: dict[str, Any] = {"observed_at": AT, "load_id": "1"}
    for customer, address, user in (
        (CUSTOMER, email, USER),
        (SECOND, email, None),
        (THIRD, "0" * 64, OTHER),
    ):
        obj = {"id": customer, "object": "customer", "email": address, "metadata": {"pet": "cat"}}
        obj["metadata"] |= {"userId": user} if user else {}
        raw.stripe("customers", obj, **landed)
        charge = {"id": f"ch_{customer}", "object": "charge", "customer": customer, "amount": 700}
        raw.stripe("charges", {**charge, "description": "for somebody"}, **landed)
        event = {"id": f"evt_{customer}", "object": "event", "data": {"object": charge}}
        raw.stripe("events", event, **landed)
    for user, customer, address in ((USER, CUSTOMER, email), (OTHER, THIRD, "0" * 64)):
        row = {"id": user, "stripe_customer_id": customer, "email_hash": address, "role": "USER"}
        raw.app("user", row, **landed)
        raw.app("video", {"id": f"v_{user}", "user_id": user, "credits_used": 5}, **landed)
        raw.app("system_alert", {"id": f"a_{user}", "message": f"{user} waits"}, **landed)
    raw.seed("excluded_accounts", [{"account_id": USER, "reason": "staff"}])


def _all_text(settings: Settings) -> str:
    """Return every row of the raw layer, as text."""
    found = []
    with engine_for(settings).connect(read_only=True) as connection:
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_schema like 'raw_%'"
        ).fetchall()
        for schema, table in tables:
            rows = connection.execute(f'select * from {schema}."{table}"').fetchall()
            found.append(f"{schema}.{table} {rows}")
    return "\n".join(found)


@pytest.mark.parametrize("who", [USER, CUSTOMER, SECOND, EMAIL, " ANA@example.com"])
def test_a_person_is_found_by_whatever_they_go_by(settings: Settings, who: str) -> None:
    person = find_person(settings, who)
    assert person.users == {USER}
    assert person.customers == {CUSTOMER, SECOND}
    assert person.emails == {email_hash(b"k", EMAIL)}


@pytest.mark.parametrize(
    "who", ["nobody", "nobody@example.com", "%", "_", "cat", "USER", "customer"]
)
def test_a_word_that_is_nobodys_name_finds_nobody(settings: Settings, who: str) -> None:
    assert find_person(settings, who).names() == set()


def test_every_row_is_rewritten_and_only_those_of_the_person(settings: Settings) -> None:
    before = _all_text(settings)
    person = find_person(settings, EMAIL)
    erasures = Erasures(OperationsStore(settings))
    erasures.request(person.names())
    counts = finish_erasures(settings)
    assert counts == {
        "raw_app.system_alert": 1,
        "raw_app.user": 1,
        "raw_app.video": 1,
        "raw_seeds.excluded_accounts": 1,
        "raw_stripe.charges": 2,
        "raw_stripe.customers": 2,
        "raw_stripe.events": 2,
    }
    after = _all_text(settings)
    for name in person.names():
        assert name in before
        assert name not in after
    assert after.count(OTHER) == before.count(OTHER)
    assert after.count("for somebody") == 1
    assert after.count('"pet"') == 1
    assert finish_erasures(settings) == {}


def test_rows_are_as_they_would_be_landed_now(settings: Settings) -> None:
    Erasures(OperationsStore(settings)).request(find_person(settings, USER).names())
    finish_erasures(settings)
    names = erased_names(settings).replacements
    with engine_for(settings).connect(read_only=True) as connection:
        rows = connection.execute("select id, object, hash from raw_stripe.customers").fetchall()
    objects = {row_id: (text, digest) for row_id, text, digest in rows}
    text, digest = objects[names[CUSTOMER]]
    assert hashlib.sha256(text.encode()).hexdigest() == digest
    obj = orjson.loads(text)
    assert obj["metadata"] == {"userId": names[USER]}
    assert obj["email"] == names[email_hash(b"k", EMAIL)]
    assert THIRD in objects


def test_a_second_erasure_keeps_the_first_ones_names(settings: Settings) -> None:
    erasures = Erasures(OperationsStore(settings))
    first = erasures.request([USER, CUSTOMER])
    names = erasures.names()
    second = erasures.request([USER, SECOND])
    assert {name: erasures.names()[name] for name in names} == names
    assert [erasure.erasure_id for erasure in erasures.all()] == [first, second]
    assert erasures.are_unscrubbed()
    finish_erasures(settings)
    assert not erasures.are_unscrubbed()
    assert erasures.are_unpublished()
    erasures.note_published("000007-x")
    assert not erasures.are_unpublished()
    third = erasures.request([OTHER])
    erasures.note_published("000008-x")
    assert {e.erasure_id: e.generation_id for e in erasures.all()} == {
        first: "000007-x",
        second: "000007-x",
        third: "000008-x",
    }
