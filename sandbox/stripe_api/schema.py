"""What can be expanded, what is hidden unless asked for and what is a nested list, per type.

Read from the fields of the pinned version's official SDK: ``ExpandableField``, ``ListObject`` and
the fields documented as included only on request. Paths use dots and pass through arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

NESTED_ROWS: Final = 10
"""Rows of a nested list that Stripe embeds in its parent; the rest is behind the list's own URL."""

MAX_EXPAND_LEVELS: Final = 4
"""Levels Stripe follows in one expand path, the ``data`` of lists included."""


@dataclass(frozen=True, slots=True)
class Reference:
    """An id, or with ``expand`` the object itself; ``kinds`` are the types it may point to."""

    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Embedded:
    """An object always held in full inside its parent."""

    kind: str


@dataclass(frozen=True, slots=True)
class OnRequest:
    """A value that is left out unless expanded."""


@dataclass(frozen=True, slots=True)
class NestedList:
    """A list of which the first ten rows come with the parent.

    Args:
        kind: type of the rows.
        url: where the whole list is; ``{id}`` is the parent's id.
        on_request: left out unless expanded.
        filled_by: the rows' filter that names the parent, for lists the account's own objects make
            up (a charge's refunds); empty when the parent holds the rows itself.
    """

    kind: str
    url: str
    on_request: bool = False
    filled_by: str = ""


Field = Reference | Embedded | OnRequest | NestedList

_CUSTOMER = Reference(("customer",))
_DISCOUNT = Reference(("discount",))
_UNKNOWN = Reference()
"""Expandable at Stripe, but of a type the sandbox does not keep: the id stays."""

_DISCOUNT_AMOUNTS: dict[str, Field] = {
    "discount_amounts.discount": _DISCOUNT,
    "pretax_credit_amounts.discount": _DISCOUNT,
}

FIELDS: Final[dict[str, dict[str, Field]]] = {
    "account": {},
    "balance": {},
    "balance_transaction": {"source": Reference(("charge", "refund", "dispute", "payout"))},
    "charge": {
        "application": _UNKNOWN,
        "application_fee": _UNKNOWN,
        "balance_transaction": Reference(("balance_transaction",)),
        "customer": _CUSTOMER,
        "failure_balance_transaction": Reference(("balance_transaction",)),
        "on_behalf_of": Reference(("account",)),
        "payment_intent": Reference(("payment_intent",)),
        "refunds": NestedList(
            "refund", "/v1/charges/{id}/refunds", on_request=True, filled_by="charge"
        ),
        "review": _UNKNOWN,
        "source_transfer": _UNKNOWN,
        "transfer": _UNKNOWN,
    },
    "checkout.session": {
        "customer": _CUSTOMER,
        "discounts.coupon": Reference(("coupon",)),
        "discounts.promotion_code": Reference(("promotion_code",)),
        "invoice": Reference(("invoice",)),
        "line_items": NestedList("item", "/v1/checkout/sessions/{id}/line_items", on_request=True),
        "payment_intent": Reference(("payment_intent",)),
        "payment_link": _UNKNOWN,
        "setup_intent": _UNKNOWN,
        "subscription": Reference(("subscription",)),
    },
    "coupon": {"applies_to": OnRequest(), "currency_options": OnRequest()},
    "credit_note": {
        "customer": _CUSTOMER,
        "customer_balance_transaction": _UNKNOWN,
        "invoice": Reference(("invoice",)),
        "lines": NestedList("credit_note_line_item", "/v1/credit_notes/{id}/lines"),
        "refunds.refund": Reference(("refund",)),
        **_DISCOUNT_AMOUNTS,
    },
    "credit_note_line_item": {**_DISCOUNT_AMOUNTS},
    "customer": {
        "cash_balance": OnRequest(),
        "default_source": _UNKNOWN,
        "discount": Embedded("discount"),
        "invoice_settings.default_payment_method": Reference(("payment_method",)),
        "sources": OnRequest(),
        "subscriptions": NestedList(
            "subscription",
            "/v1/customers/{id}/subscriptions",
            on_request=True,
            filled_by="customer",
        ),
        "tax": OnRequest(),
        "tax_ids": OnRequest(),
        "test_clock": _UNKNOWN,
    },
    "discount": {
        "customer": _CUSTOMER,
        "promotion_code": Reference(("promotion_code",)),
        "source.coupon": Reference(("coupon",)),
    },
    "dispute": {
        "balance_transactions": Embedded("balance_transaction"),
        "charge": Reference(("charge",)),
        "payment_intent": Reference(("payment_intent",)),
    },
    "event": {},
    "invoice": {
        "account_tax_ids": _UNKNOWN,
        "application": _UNKNOWN,
        "confirmation_secret": OnRequest(),
        "customer": _CUSTOMER,
        "default_payment_method": Reference(("payment_method",)),
        "default_source": _UNKNOWN,
        "discounts": _DISCOUNT,
        "from_invoice.invoice": Reference(("invoice",)),
        "latest_revision": Reference(("invoice",)),
        "lines": NestedList("line_item", "/v1/invoices/{id}/lines"),
        "on_behalf_of": Reference(("account",)),
        "parent.subscription_details.subscription": Reference(("subscription",)),
        "payments": NestedList(
            "invoice_payment",
            "/v1/invoice_payments?invoice={id}",
            on_request=True,
            filled_by="invoice",
        ),
        "test_clock": _UNKNOWN,
        "total_discount_amounts.discount": _DISCOUNT,
        "total_pretax_credit_amounts.discount": _DISCOUNT,
    },
    "invoice_payment": {
        "invoice": Reference(("invoice",)),
        "payment.charge": Reference(("charge",)),
        "payment.payment_intent": Reference(("payment_intent",)),
        "payment.payment_record": _UNKNOWN,
    },
    "invoiceitem": {
        "customer": _CUSTOMER,
        "discounts": _DISCOUNT,
        "invoice": Reference(("invoice",)),
        "pricing.price_details.price": Reference(("price",)),
        "proration_details.discount_amounts.discount": _DISCOUNT,
        "test_clock": _UNKNOWN,
    },
    "item": {"price": Embedded("price")},
    "line_item": {
        "discounts": _DISCOUNT,
        "pricing.price_details.price": Reference(("price",)),
        "subscription": Reference(("subscription",)),
        **_DISCOUNT_AMOUNTS,
    },
    "payment_intent": {
        "application": _UNKNOWN,
        "customer": _CUSTOMER,
        "latest_charge": Reference(("charge",)),
        "on_behalf_of": Reference(("account",)),
        "payment_method": Reference(("payment_method",)),
        "payment_record": _UNKNOWN,
        "review": _UNKNOWN,
        "source": _UNKNOWN,
    },
    "payment_method": {"customer": _CUSTOMER},
    "payout": {
        "application_fee": _UNKNOWN,
        "balance_transaction": Reference(("balance_transaction",)),
        "destination": _UNKNOWN,
        "failure_balance_transaction": Reference(("balance_transaction",)),
        "original_payout": Reference(("payout",)),
        "reversed_by": Reference(("payout",)),
    },
    "plan": {"product": Reference(("product",)), "tiers": OnRequest()},
    "price": {
        "currency_options": OnRequest(),
        "product": Reference(("product",)),
        "tiers": OnRequest(),
    },
    "product": {"default_price": Reference(("price",)), "tax_code": _UNKNOWN},
    "promotion_code": {"customer": _CUSTOMER, "promotion.coupon": Reference(("coupon",))},
    "refund": {
        "balance_transaction": Reference(("balance_transaction",)),
        "charge": Reference(("charge",)),
        "customer": _CUSTOMER,
        "failure_balance_transaction": Reference(("balance_transaction",)),
        "payment_intent": Reference(("payment_intent",)),
        "payment_method": Reference(("payment_method",)),
        "source_transfer_reversal": _UNKNOWN,
        "transfer_reversal": _UNKNOWN,
    },
    "subscription": {
        "application": _UNKNOWN,
        "customer": _CUSTOMER,
        "default_payment_method": Reference(("payment_method",)),
        "default_source": _UNKNOWN,
        "discounts": _DISCOUNT,
        "items": NestedList("subscription_item", "/v1/subscription_items?subscription={id}"),
        "latest_invoice": Reference(("invoice",)),
        "on_behalf_of": Reference(("account",)),
        "pending_setup_intent": _UNKNOWN,
        "schedule": _UNKNOWN,
        "test_clock": _UNKNOWN,
    },
    "subscription_item": {"discounts": _DISCOUNT, "price": Embedded("price")},
    "tax_rate": {},
}
"""Every type the sandbox serves; a type missing here is served as it was put."""
