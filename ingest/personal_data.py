"""What personal data leaves out of everything that is written, and how.

E-mail addresses become their HMAC, so that rows can still be joined on them; names, phones, street
lines, card numbers, addresses on the internet and links that show such things are dropped; the
country stays. The lists below are the declaration: a key is looked for at every depth, because
Stripe repeats a customer's data inside charges, invoices, sessions and the payloads of events.
Of a payment method, which is one person's means to pay, only what is listed stays.
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from warehouse.pseudonyms import email_hash, without_emails

Json = dict[str, Any]

# Dropped wherever they appear, whatever they hold.
DROPPED_KEYS = frozenset(
    {
        # names
        "account_holder_name",
        "business_name",
        "cardholder_name",
        "customer_name",
        "first_name",
        "individual",
        "individual_name",
        "last_name",
        "maiden_name",
        "owner",
        "payer_name",
        "verified_name",
        # how to reach someone
        "billing_address",
        "customer_phone",
        "phone",
        "shipping_address",
        "support_address",
        "support_phone",
        "verified_address",
        "verified_phone",
        # numbers of cards, accounts and identities
        "account_number",
        "buyer_id",
        "cashtag",
        "dob",
        "dynamic_last4",
        "fingerprint",
        "iban_last4",
        "id_number",
        "iin",
        "last4",
        "payer_id",
        "routing_number",
        "sort_code",
        "ssn_last_4",
        "tax_ids",
        "customer_tax_ids",
        # machines
        "client_ip",
        "customer_purchase_ip",
        "ip",
        "ip_address",
        "user_agent",
        # free text that people write about people
        "custom_fields",
        "evidence",
        # bearer secrets, and links that show a named page to whoever holds them
        "client_secret",
        "hosted_invoice_url",
        "hosted_verification_url",
        "invoice_pdf",
        "pdf",
        "receipt_url",
    }
)

# Replaced by {"country": …}; Stripe gives them under these keys, or anywhere in this shape.
ADDRESS_KEYS = frozenset(
    {"address", "collected_address", "customer_address", "ip_address_location"}
)

# `name` is a person's, except in these objects, where it is what the company sells.
OBJECTS_WITH_BUSINESS_NAMES = frozenset({"coupon", "plan", "price", "product", "promotion_code"})

# Keys dropped in objects of one type only.
DROPPED_IN = {
    "checkout.session": frozenset({"url", "success_url", "cancel_url", "return_url"}),
    "customer": frozenset({"description", "sources", "tax"}),
    "review": frozenset({"billing_zip", "session"}),
}

# All that is kept, at any depth, in objects of one type. Each of the fifty kinds of payment method
# has a part of its own, full of numbers, and new kinds come with every version: a card's alone is
# let through.
KEPT_IN = {
    "payment_method": frozenset(
        {
            "address",
            "allow_redisplay",
            "billing_details",
            "brand",
            "card",
            "country",
            "created",
            "customer",
            "customer_account",
            "email",
            "exp_month",
            "exp_year",
            "id",
            "livemode",
            "metadata",
            "object",
            "type",
        }
    )
}

# Metadata is the shop's own; under these keys (case and separators apart) it holds people.
DROPPED_METADATA = frozenset(
    {
        "address",
        "city",
        "customername",
        "displayname",
        "firstname",
        "fullname",
        "ip",
        "ipaddress",
        "lastname",
        "mobile",
        "name",
        "phone",
        "phonenumber",
        "postalcode",
        "street",
        "surname",
        "telephone",
        "username",
        "zip",
        "zipcode",
    }
)


@dataclass(frozen=True)
class Pseudonymiser:
    """Removes personal data from one company's objects; `key` is PSEUDONYM_KEY's value."""

    key: bytes

    def email_hash(self, email: str) -> str:
        """Return the hex HMAC-SHA256 of the address, trimmed and in lower case."""
        return email_hash(self.key, email)

    def text(self, text: str) -> str:
        """Return the text with every e-mail address in it replaced by its HMAC."""
        return without_emails(self.key, text)

    def clean(self, obj: Json, owner: str = "") -> Json:
        """Return a Stripe object without personal data; what is left keeps its order.

        Args:
            obj: the object, or a part of one, as JSON was parsed.
            owner: the type of the object that the part belongs to; its own `object` wins.
        """
        kind = obj.get("object")
        if type(kind) is str:
            if kind == "event":
                return self._event(obj)
            owner = kind
        kept = _kept(obj, owner)
        # Millions of values come through here: what needs no cleaning costs no call and no copy.
        changed: Json = {}
        for key, value in kept.items():
            kind = type(value)
            if kind is str:
                if "@" not in value:
                    continue
                cleaned: Any = self._text(key, value)
            elif kind is dict:
                cleaned = self._part(key, value, owner)
            elif kind is list and value:
                cleaned = self._list(key, value, owner)
            else:
                continue
            if cleaned is not value:
                changed[key] = cleaned
        return {**kept, **changed} if changed else kept

    def _value(self, key: str, value: Any, owner: str) -> Any:
        if isinstance(value, str):
            return self._text(key, value)
        if isinstance(value, dict):
            return self._part(key, value, owner)
        return self._list(key, value, owner) if isinstance(value, list) else value

    def _list(self, key: str, values: list[Any], owner: str) -> list[Any]:
        cleaned = [self._value(key, value, owner) for value in values]
        return cleaned if any(map(operator.is_not, cleaned, values)) else values

    def _text(self, key: str, value: str) -> str:
        is_email = "@" in value and (key == "email" or key.endswith(("_email", "_email_address")))
        return self.email_hash(value) if is_email else self.text(value)

    def _part(self, key: str, part: Json, owner: str) -> Json:
        if key == "metadata":
            return self._metadata(part)
        if key in ADDRESS_KEYS or "line1" in part or "postal_code" in part:
            return {"country": part["country"]} if "country" in part else {}
        return self.clean(part, owner)

    def _metadata(self, metadata: Json) -> Json:
        kept = {key: value for key, value in metadata.items() if not _names_a_person(key)}
        return {k: self.text(v) if isinstance(v, str) else v for k, v in kept.items()}

    def _event(self, event: Json) -> Json:
        """Clean an event's payload, and what it was before, as the object that they are about."""
        data = event.get("data") or {}
        owner = str((data.get("object") or {}).get("object", ""))
        cleaned = {part: self._value(part, value, owner) for part, value in data.items()}
        kept = {k: self._value(k, value, "event") for k, value in event.items() if k != "data"}
        return {**kept, "data": cleaned}


def _kept(obj: Json, owner: str) -> Json:
    """Return an object without the keys that are dropped; itself if it has none."""
    listed = KEPT_IN.get(owner)
    if listed is not None:
        obj = {key: value for key, value in obj.items() if key in listed}
    dropped = _dropped_in(owner)
    if dropped.isdisjoint(obj):
        return obj
    return {key: value for key, value in obj.items() if key not in dropped}


@lru_cache(maxsize=10_000)
def _names_a_person(key: str) -> bool:
    """Return whether metadata under a key is about a person."""
    return re.sub(r"[^a-z]", "", key.lower()) in DROPPED_METADATA


@cache
def _dropped_in(owner: str) -> frozenset[str]:
    """Return the keys that are dropped in objects of a type."""
    names = frozenset() if owner in OBJECTS_WITH_BUSINESS_NAMES else frozenset({"name"})
    return DROPPED_KEYS | DROPPED_IN.get(owner, frozenset()) | names
