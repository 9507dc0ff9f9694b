"""Erased persons' names: replaced wherever they can mean nothing else, and nowhere else."""

from __future__ import annotations

import hashlib

import orjson
import pytest

from ingest.app.rows import convert
from ingest.app.specs import TABLES
from ingest.erased import NOBODY, REPLACEMENT, ErasedNames, is_distinctive, stripped
from ingest.personal_data import Pseudonymiser
from ingest.stripe.landing import object_text

USER, CUSTOMER, SHORT = "c00e9dc9oysmwflr7xdhqn9d9", "cus_229EwTy6NVAKFV", "7"
EMAIL = hashlib.sha256(b"ana").hexdigest()
NEUTRAL = {
    USER: "erased_" + "a" * 24,
    CUSTOMER: "cus_erased_" + "b" * 24,
    EMAIL: "erased_" + "c" * 24,
    SHORT: "erased_" + "d" * 24,
}
NAMES = ErasedNames(NEUTRAL)


def test_a_name_is_replaced_wherever_it_stands():
    obj = {
        "id": CUSTOMER,
        "url": f"/v1/customers/{CUSTOMER}/sources",
        "description": f"Subscription for {CUSTOMER}, and ({USER})",
        "metadata": {"userId": USER, "other": f"x-{USER}"},
        "list": [CUSTOMER, {"email": EMAIL}],
        "amount": 7,
    }
    text = orjson.dumps(NAMES.json(obj)).decode()
    for name in (USER, CUSTOMER, EMAIL):
        assert name not in text
    assert text.count(NEUTRAL[CUSTOMER]) == 4
    assert NAMES.json(obj)["amount"] == 7


@pytest.mark.parametrize(
    "text", [f"{CUSTOMER}x", f"x{CUSTOMER}", f"{USER}0", CUSTOMER[:-1], "7", "page 7", "cus_"]
)
def test_what_only_looks_like_a_name_stays(text):
    assert NAMES.text(text) == text
    assert NAMES.json({"description": text, "unit_amount_decimal": "7"}) == {
        "description": text,
        "unit_amount_decimal": "7",
    }


def test_a_short_name_is_one_only_where_users_stand():
    assert NAMES.json({"metadata": {"userId": "7", "size": "7"}, "client_reference_id": "7"}) == {
        "metadata": {"userId": NEUTRAL["7"], "size": "7"},
        "client_reference_id": NEUTRAL["7"],
    }
    assert not is_distinctive("7")
    assert not is_distinctive("1234567890123")
    assert is_distinctive("018f6b1e-7d7c-7b3e-9d5a-0a1b2c3d4e5f")


def test_sources_are_asked_by_the_names_they_know():
    asked = f"/v1/customers/{NEUTRAL[CUSTOMER]}?expand[]=x"
    assert NAMES.original(asked) == f"/v1/customers/{CUSTOMER}?expand[]=x"
    unknown = "/v1/customers/cus_erased_" + "f" * 24
    assert NAMES.original(unknown) == unknown
    assert REPLACEMENT.fullmatch(NEUTRAL[CUSTOMER])


def test_nobody_erased_costs_nothing():
    obj = {"a": [1, {"b": CUSTOMER}]}
    assert NOBODY.json(obj) is obj
    assert NOBODY.original(CUSTOMER) == CUSTOMER


def test_what_else_is_said_about_a_person_goes():
    customer = {
        "object": "customer",
        "address": {"country": "ES"},
        "metadata": {"userId": NEUTRAL[USER], "favourite": "cats"},
        "preferred_locales": ["es"],
    }
    assert stripped(customer) == {
        "object": "customer",
        "address": {"country": "ES"},
        "metadata": {"userId": NEUTRAL[USER]},
    }
    charge = {
        "object": "charge",
        "description": "for Ana",
        "payment_method_details": {"card": {"exp_year": 2031, "country": "ES", "brand": "visa"}},
        "metadata": {"pack": "p1"},
    }
    assert stripped(charge) == {
        "object": "charge",
        "payment_method_details": {"card": {"country": "ES", "brand": "visa"}},
        "metadata": {"pack": "p1"},
    }
    event = {"object": "event", "data": {"object": customer}}
    assert stripped(event)["data"]["object"] == stripped(customer)
    line = {"object": "line_item", "description": "1 x Pro"}
    assert stripped(line) == line


def test_only_objects_that_name_somebody_erased_lose_anything():
    charge = {"object": "charge", "customer": CUSTOMER, "description": "x"}
    assert b"description" in object_text(charge, NAMES)
    assert b"description" not in object_text(NAMES.json(charge), NAMES)
    assert b"description" in object_text(NAMES.json(charge), NOBODY)


def test_the_applications_rows_have_the_neutral_names_and_hashes_of_them():
    specs = {spec.table: spec for spec in TABLES}
    cleaner = Pseudonymiser(b"key")
    names = ErasedNames({**NEUTRAL, cleaner.email_hash("ana@b.co"): NEUTRAL[EMAIL]})
    row = (USER, "ana@b.co", "USER", CUSTOMER, None, "2026-01-01", "2026-01-01")
    ((digest, values),) = convert(specs["user"], [row], cleaner, names)
    assert values[:4] == (NEUTRAL[USER], NEUTRAL[EMAIL], "USER", NEUTRAL[CUSTOMER])
    assert digest == hashlib.sha256(orjson.dumps(values)).hexdigest()
    video = ("7", "7", "LUMA", "DONE", 1, "2026-01-01", None, "2026-01-01")
    ((_, values),) = convert(specs["video"], [video], cleaner, names)
    assert values[:2] == ("7", NEUTRAL["7"])
    short = ("7", None, "USER", None, None, "2026-01-01", "2026-01-01")
    ((_, values),) = convert(specs["user"], [short], cleaner, names)
    assert values[0] == NEUTRAL["7"]
