"""Personal data leaves every object, wherever Stripe puts it; what the company needs stays."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from stripe_sdk_schema import class_of, fields_of

from ingest.personal_data import Pseudonymiser

KEY = b"a key of this test"
CLEANER = Pseudonymiser(KEY)

CUSTOMER: dict[str, Any] = {
    "id": "cus_1",
    "object": "customer",
    "email": " Jane.Canary@Example.COM ",
    "name": "Jane Canary",
    "description": "Jane Canary, met at a fair",
    "phone": "+49 30 1234567",
    "address": {
        "city": "Canaryville",
        "country": "DE",
        "line1": "Canary Street 1",
        "line2": None,
        "postal_code": "10115",
        "state": "Berlin-Canary",
    },
    "shipping": {
        "name": "Jane Canary",
        "phone": "+49 30 1234567",
        "address": {"line1": "Canary Street 1", "country": "AT"},
    },
    "metadata": {
        "userId": "user_1",
        "fullName": "Jane Canary",
        "contact": "write to jane.canary@example.com!",
        "E-Mail": "jane.canary@example.com",
    },
    "balance": 0,
    "livemode": False,
}


def _hash(email: str) -> str:
    return hmac.new(KEY, email.encode(), hashlib.sha256).hexdigest()


def test_a_customer_keeps_its_country_and_the_hash_of_its_address() -> None:
    cleaned = CLEANER.clean(CUSTOMER)
    hashed = _hash("jane.canary@example.com")
    assert cleaned == {
        "id": "cus_1",
        "object": "customer",
        "email": hashed,
        "address": {"country": "DE"},
        "shipping": {"address": {"country": "AT"}},
        "metadata": {"userId": "user_1", "contact": f"write to {hashed}!", "E-Mail": hashed},
        "balance": 0,
        "livemode": False,
    }


def test_the_cleaner_does_not_change_what_it_was_given() -> None:
    before = json.dumps(CUSTOMER)
    CLEANER.clean(CUSTOMER)
    assert json.dumps(CUSTOMER) == before


@pytest.mark.parametrize(
    "part",
    [
        {"billing_details": {"name": "Canary", "email": "c@canary.io", "phone": "1canary"}},
        {"billing_details": {"address": {"city": "Canary", "line1": "Canary 1"}}},
        {"payment_method_details": {"card": {"last4": "canary", "fingerprint": "canary"}}},
        {
            "payment_method_details": {
                "paypal": {"payer_email": "a@canary.io", "payer_id": "canary"}
            }
        },
        {"payment_method_details": {"sepa_debit": {"last4": "canary", "country": "DE"}}},
        {"receipt_email": "x@canary.io"},
        {"receipt_url": "https://pay.example/canary"},
        {"hosted_invoice_url": "https://invoice.example/canary", "invoice_pdf": "canary"},
        {"customer_name": "Canary", "customer_phone": "canary", "customer_email": "a@canary.io"},
        {"customer_address": {"city": "canary", "country": "DE"}},
        {"customer_tax_ids": [{"type": "eu_vat", "value": "canary"}]},
        {
            "customer_details": {
                "name": "Canary",
                "email": "a@canary.io",
                "individual_name": "canary",
            }
        },
        {"collected_information": {"shipping_details": {"name": "canary"}}},
        {"custom_fields": [{"key": "k", "text": {"value": "canary"}}]},
        {"evidence": {"customer_purchase_ip": "canary", "customer_communication": "canary"}},
        {"client_secret": "pi_secret_canary"},
        {"description": "for a@canary.io"},
        {"data": [{"name": "Canary", "owner": {"name": "canary"}}]},
        {"ip": "canary", "user_agent": "canary"},
    ],
)
def test_no_canary_sings(part: dict[str, Any]) -> None:
    cleaned = json.dumps(CLEANER.clean({"id": "x_1", "object": "charge", **part}))
    assert "canary" not in cleaned.lower()


@pytest.mark.parametrize("kind", ["product", "coupon", "plan", "promotion_code", "price"])
def test_what_the_company_sells_keeps_its_name(kind: str) -> None:
    obj = {"id": "x", "object": kind, "name": "Pro", "marketing_features": [{"name": "4K"}]}
    assert CLEANER.clean(obj) == obj


def test_a_name_inside_an_object_is_that_objects_own() -> None:
    line = {"object": "line_item", "name": "Jane", "coupon": {"object": "coupon", "name": "Spring"}}
    assert CLEANER.clean(line) == {
        "object": "line_item",
        "coupon": {"object": "coupon", "name": "Spring"},
    }


def test_an_event_is_cleaned_as_what_it_is_about() -> None:
    event = {
        "id": "evt_1",
        "object": "event",
        "type": "customer.updated",
        "request": {"id": None, "idempotency_key": "a@canary.io"},
        "data": {
            "object": CUSTOMER,
            "previous_attributes": {
                "name": "June Canary",
                "description": "June Canary",
                "email": "june@canary.io",
                "address": {"city": "Canary"},
                "metadata": {"userId": "user_0"},
            },
        },
    }
    cleaned = CLEANER.clean(event)
    assert cleaned["data"]["object"] == CLEANER.clean(CUSTOMER)
    assert cleaned["data"]["previous_attributes"] == {
        "email": _hash("june@canary.io"),
        "address": {},
        "metadata": {"userId": "user_0"},
    }
    assert cleaned["request"] == {"id": None, "idempotency_key": _hash("a@canary.io")}


def test_a_product_event_keeps_the_former_name() -> None:
    event = {
        "object": "event",
        "data": {
            "object": {"object": "product", "name": "Pro"},
            "previous_attributes": {"name": "Basic"},
        },
    }
    assert CLEANER.clean(event)["data"]["previous_attributes"] == {"name": "Basic"}


def test_an_email_hash_ignores_case_and_spaces() -> None:
    assert CLEANER.email_hash(" A@B.co ") == CLEANER.email_hash("a@b.co") == _hash("a@b.co")


def test_another_key_gives_another_hash() -> None:
    assert Pseudonymiser(b"other").email_hash("a@b.co") != CLEANER.email_hash("a@b.co")


CARD = {
    "brand": "visa",
    "checks": {"address_postal_code_check": "pass"},
    "country": "US",
    "display_brand": "canary",
    "dynamic_last4": "canary",
    "exp_month": 8,
    "exp_year": 2027,
    "fingerprint": "canary",
    "funding": "credit",
    "generated_from": {"charge": "canary", "payment_method_details": {"type": "canary"}},
    "last4": "canary",
    "networks": {"available": ["canary"]},
    "wallet": {"type": "link", "dynamic_last4": "canary"},
}
PAYMENT_METHOD: dict[str, Any] = {
    "id": "pm_1",
    "object": "payment_method",
    "billing_details": {
        "address": {"city": "Canary", "country": "US", "line1": "canary", "postal_code": "canary"},
        "email": "jane.canary@example.com",
        "name": "Canary",
        "phone": "canary",
        "tax_id": "canary",
    },
    "card": CARD,
    "created": 1,
    "customer": "cus_1",
    "livemode": False,
    "metadata": {"source": "checkout", "fullName": "Canary"},
    "radar_options": {"session": "canary"},
    "type": "card",
}
KEPT_OF_CARD = {"brand": "visa", "country": "US", "exp_month": 8, "exp_year": 2027}


def test_of_a_payment_method_only_brand_country_and_expiry_stay() -> None:
    assert CLEANER.clean(PAYMENT_METHOD) == {
        "id": "pm_1",
        "object": "payment_method",
        "billing_details": {
            "address": {"country": "US"},
            "email": _hash("jane.canary@example.com"),
        },
        "card": KEPT_OF_CARD,
        "created": 1,
        "customer": "cus_1",
        "livemode": False,
        "metadata": {"source": "checkout"},
        "type": "card",
    }


OTHER_KINDS = (
    fields_of(class_of("payment_method")).keys()
    - PAYMENT_METHOD.keys()
    - {"allow_redisplay", "customer_account"}
)


@pytest.mark.parametrize("kind", sorted(OTHER_KINDS))
def test_no_other_kind_of_payment_method_tells_anything(kind: str) -> None:
    method = {"id": "pm_1", "object": "payment_method", kind: {"number": "canary", "country": "DE"}}
    assert CLEANER.clean(method) == {"id": "pm_1", "object": "payment_method"}


def test_a_payment_method_inside_another_object_is_cut_as_well() -> None:
    intent = {"object": "setup_intent", "last_setup_error": {"payment_method": PAYMENT_METHOD}}
    cleaned = CLEANER.clean(intent)["last_setup_error"]["payment_method"]
    assert cleaned == CLEANER.clean(PAYMENT_METHOD)


def test_what_a_payment_method_was_before_is_cut_as_well() -> None:
    before = {"card": {**CARD, "exp_year": 2026}, "sepa_debit": {"last4": "canary"}}
    event = {
        "object": "event",
        "type": "payment_method.automatically_updated",
        "data": {"object": PAYMENT_METHOD, "previous_attributes": before},
    }
    cleaned = CLEANER.clean(event)["data"]
    assert cleaned["object"] == CLEANER.clean(PAYMENT_METHOD)
    assert cleaned["previous_attributes"] == {"card": {**KEPT_OF_CARD, "exp_year": 2026}}


def test_a_review_keeps_the_country_of_who_paid() -> None:
    review = {
        "id": "prv_1",
        "object": "review",
        "billing_zip": "canary",
        "ip_address": "canary",
        "ip_address_location": {"city": "canary", "country": "US", "latitude": 1.5},
        "session": {"browser": "canary"},
        "reason": "rule",
    }
    assert CLEANER.clean(review) == {
        "id": "prv_1",
        "object": "review",
        "ip_address_location": {"country": "US"},
        "reason": "rule",
    }


def test_a_top_up_tells_nothing_of_the_bank_account_it_came_from() -> None:
    source = {
        "id": "src_1",
        "object": "source",
        "owner": {"name": "Canary"},
        "ach_credit_transfer": {"account_number": "canary", "routing_number": "canary"},
        "us_bank_account": {"last4": "canary", "fingerprint": "canary"},
        "client_secret": "canary",
    }
    cleaned = CLEANER.clean({"object": "topup", "amount": 1, "source": source})
    assert "canary" not in json.dumps(cleaned).lower()
    assert cleaned["amount"] == 1


def test_what_money_needs_is_left_alone() -> None:
    charge = {
        "object": "charge",
        "amount": 800,
        "exchange_rate": 1.08,
        "paid": True,
        "invoice": None,
        "number": "ABC-0001",
        "discounts": ["di_1"],
        "payment_method_details": {"card": {"country": "US", "brand": "visa"}},
    }
    assert CLEANER.clean(charge) == charge
