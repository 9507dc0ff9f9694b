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


EMAIL_KEYS = frozenset({"customer_email", "email", "receipt_email", "support_email"})
"""Where Stripe gives addresses; in any other text they are known by their "@"."""

OF_ADDRESSES = frozenset({"line1", "postal_code"})


@dataclass(frozen=True)
class Rule:
    """What is done to the keys of objects of one type.

    Attributes:
        listed: all that is kept; None for everything.
        dropped: what is dropped.
        looked_at: keys without which an object stays as it is, but for its parts.
    """

    listed: frozenset[str] | None
    dropped: frozenset[str]
    looked_at: frozenset[str]


@dataclass(frozen=True)
class Pseudonymiser:
    """Removes personal data from one company's objects; `key` is PSEUDONYM_KEY's value.

    Millions of values come through here, and few of them are an address that is not where Stripe
    gives them. So keys are looked for first, and addresses only where an "@" is left in the text.
    """

    key: bytes

    def email_hash(self, email: str) -> str:
        """Return the hex HMAC-SHA256 of the address, trimmed and in lower case."""
        return email_hash(self.key, email)

    def text(self, text: str) -> str:
        """Return the text with every e-mail address in it replaced by its HMAC."""
        return without_emails(self.key, text)

    def clean(self, obj: Json) -> Json:
        """Return a Stripe object without personal data; what is left keeps its order.

        Args:
            obj: the object as JSON was parsed.
        """
        cleaned: Json = self.without_emails(self.without_keys(obj))
        return cleaned

    def without_keys(self, obj: Json) -> Json:
        """Return an object without what its keys tell to be personal; itself if it has none.

        That is all of it, if there is no "@" in what is left; see `without_emails`.

        Args:
            obj: the object as JSON was parsed.
        """
        return self._object(obj, rule_of(""))

    def without_emails(self, node: Any, key: str = "") -> Any:
        """Return JSON with every address in it replaced by its HMAC.

        Args:
            node: an object, or a part of one.
            key: what the part stands under.
        """
        if isinstance(node, str):
            if key in EMAIL_KEYS or key.endswith(("_email", "_email_address")):
                return self.email_hash(node) if "@" in node else node
            return self.text(node)
        if isinstance(node, dict):
            # The shop's own keys say nothing about how their texts are made.
            own = key == "metadata"
            return {k: self.without_emails(value, "" if own else k) for k, value in node.items()}
        if isinstance(node, list):
            return [self.without_emails(element, key) for element in node]
        return node

    def _object(self, obj: Json, rule: Rule) -> Json:
        """Return an object; `rule` is that of the one it is a part of, its own `object` wins."""
        kind = obj.get("object")
        if type(kind) is str:
            if kind == "event":
                return self._event(obj)
            rule = rule_of(kind)
        listed = rule.listed
        kept = obj if listed is None else {k: v for k, v in obj.items() if k in listed}
        if not rule.looked_at.isdisjoint(kept):
            kept = self._without(kept, rule)
        changed: Json = {}
        for key, part in kept.items():
            nested = type(part)
            if nested is dict or nested is list:
                cleaned = self._part(key, part, rule)
                if cleaned is not part:
                    changed[key] = cleaned
        if not changed:
            return kept
        if kept is obj:
            kept = obj.copy()
        kept.update(changed)
        return kept

    def _without(self, obj: Json, rule: Rule) -> Json:
        kept = obj.copy()
        for key in rule.looked_at.intersection(obj):
            if key in rule.dropped:
                del kept[key]
            elif isinstance(address := kept[key], str) and "@" in address:
                kept[key] = self.email_hash(address)
        return kept

    def _part(self, key: str, part: Any, rule: Rule) -> Any:
        """Return what stands under a key."""
        if not part:
            return part
        if type(part) is list:
            cleaned = [self._part(key, element, rule) for element in part]
            return cleaned if any(map(operator.is_not, cleaned, part)) else part
        if type(part) is not dict:
            return part
        if key == "metadata":
            dropped = [name for name in part if names_a_person(name)]
            return {k: v for k, v in part.items() if k not in dropped} if dropped else part
        if key in ADDRESS_KEYS or not OF_ADDRESSES.isdisjoint(part):
            return {"country": part["country"]} if "country" in part else {}
        return self._object(part, rule)

    def _event(self, event: Json) -> Json:
        """Clean an event's payload, and what it was before, as the object that they are about."""
        data = event.get("data") or {}
        about = rule_of(str((data.get("object") or {}).get("object", "")))
        cleaned = {part: self._part(part, value, about) for part, value in data.items()}
        own = rule_of("event")
        kept = {k: self._part(k, value, own) for k, value in event.items() if k != "data"}
        return {**kept, "data": cleaned}


@lru_cache(maxsize=10_000)
def names_a_person(key: str) -> bool:
    """Return whether metadata under a key is about a person."""
    return re.sub(r"[^a-z]", "", key.lower()) in DROPPED_METADATA


@cache
def rule_of(kind: str) -> Rule:
    """Return what is done to the keys of objects of a type, "" for one that is not known."""
    names = frozenset() if kind in OBJECTS_WITH_BUSINESS_NAMES else frozenset({"name"})
    dropped = DROPPED_KEYS | DROPPED_IN.get(kind, frozenset()) | names
    return Rule(KEPT_IN.get(kind), dropped, dropped | EMAIL_KEYS)
