"""The table of endpoints: one row per resource says its path, its filters and how it is listed.

Parameters per list, ``created`` included or not, are those of the pinned version's official SDK
(``stripe/params/_*_list_params.py``). A new resource is a row here and its fields in ``schema``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sandbox.stripe_api.filters import Filter, Match, read_path


@dataclass(frozen=True, slots=True)
class Resource:
    """One type of object behind ``GET path`` and ``GET path/{id}``.

    Args:
        path: such as ``/v1/checkout/sessions``.
        kind: the ``object`` value of its rows.
        filters: the list parameters beside limit, cursors, expand and ``created``.
        has_created: whether the list takes ``created`` filters.
        has_list: whether there is a list at all, or only retrieval by id.
        id_param: the name error answers give to the id in the path.
        required: a parameter the list cannot do without.
        inside: (type, field) of the parent that holds the rows, when they are not stored alone.
        permission: what a restricted key must have (``rak_<permission>_read``); the kind if empty.
    """

    path: str
    kind: str
    filters: tuple[Filter, ...] = ()
    has_created: bool = True
    has_list: bool = True
    id_param: str = "id"
    required: str = ""
    inside: tuple[str, str] = ("", "")
    permission: str = ""

    @property
    def needs(self) -> str:
        """The permission a restricted key needs to read it."""
        return f"rak_{self.permission or self.kind.replace('.', '_')}_read"


@dataclass(frozen=True, slots=True)
class Sublist:
    """A nested list under its own URL: ``GET parent/{id}/field``."""

    parent: str
    field: str


_BOOLEAN = ("true", "false")
_CUSTOMER = Filter("customer", names="customer")
_CUSTOMER_ACCOUNT = Filter("customer_account")
_ACTIVE = Filter("active", choices=_BOOLEAN)
_INTENT = Filter("payment_intent")
_COLLECTION = Filter("collection_method", choices=("charge_automatically", "send_invoice"))
_SUBSCRIPTION_STATUSES = (
    "active",
    "past_due",
    "unpaid",
    "canceled",
    "incomplete",
    "incomplete_expired",
    "trialing",
    "paused",
    "all",
    "ended",
)

RESOURCES: Final[tuple[Resource, ...]] = (
    Resource(
        "/v1/accounts",
        "account",
        id_param="account",
        permission="accounts_kyc_basic",
        has_list=False,
    ),
    Resource("/v1/customers", "customer", (Filter("email"), Filter("test_clock"))),
    Resource(
        "/v1/products",
        "product",
        (
            _ACTIVE,
            Filter("ids", "id", Match.ANY_OF),
            Filter("shippable", choices=_BOOLEAN),
            Filter("type"),
            Filter("url"),
        ),
    ),
    Resource(
        "/v1/prices",
        "price",
        (
            _ACTIVE,
            Filter("currency"),
            Filter("lookup_keys", "lookup_key", Match.ANY_OF, at_most=10),
            Filter("product"),
            Filter("recurring[interval]", "recurring.interval"),
            Filter("recurring[meter]", "recurring.meter"),
            Filter("recurring[usage_type]", "recurring.usage_type"),
            Filter("type", choices=("one_time", "recurring")),
        ),
        id_param="price",
        permission="plan",
    ),
    Resource("/v1/plans", "plan", (_ACTIVE, Filter("product")), id_param="plan"),
    Resource("/v1/coupons", "coupon", id_param="coupon"),
    Resource(
        "/v1/promotion_codes",
        "promotion_code",
        (
            _ACTIVE,
            Filter("code"),
            Filter("coupon", "promotion.coupon"),
            _CUSTOMER,
            _CUSTOMER_ACCOUNT,
        ),
        id_param="promotion_code",
    ),
    Resource(
        "/v1/subscriptions",
        "subscription",
        (
            Filter("automatic_tax[enabled]", "automatic_tax.enabled", choices=_BOOLEAN),
            _COLLECTION,
            Filter("current_period_end", "items.data.current_period_end", Match.MIN_IN_RANGE),
            Filter("current_period_start", "items.data.current_period_start", Match.MAX_IN_RANGE),
            _CUSTOMER,
            _CUSTOMER_ACCOUNT,
            Filter("plan", "items.data.price.id"),
            Filter("price", "items.data.price.id"),
            Filter(
                "status",
                choices=_SUBSCRIPTION_STATUSES,
                widened=(("all", ()), ("ended", ("canceled", "incomplete_expired"))),
                unset=("canceled",),
            ),
            Filter("test_clock"),
        ),
    ),
    Resource(
        "/v1/subscription_items",
        "subscription_item",
        (Filter("subscription", names="subscription"),),
        has_created=False,
        id_param="item",
        required="subscription",
        inside=("subscription", "items"),
        permission="subscription",
    ),
    Resource(
        "/v1/invoices",
        "invoice",
        (
            _COLLECTION,
            _CUSTOMER,
            _CUSTOMER_ACCOUNT,
            Filter("due_date", match=Match.MIN_IN_RANGE),
            Filter("status", choices=("draft", "open", "paid", "uncollectible", "void")),
            Filter("subscription", "parent.subscription_details.subscription"),
        ),
        id_param="invoice",
    ),
    Resource(
        "/v1/invoiceitems",
        "invoiceitem",
        (
            _CUSTOMER,
            _CUSTOMER_ACCOUNT,
            Filter("invoice"),
            Filter("pending", "invoice", Match.ABSENT, choices=_BOOLEAN),
        ),
        id_param="invoiceitem",
        permission="invoice",
    ),
    Resource(
        "/v1/invoice_payments",
        "invoice_payment",
        (
            Filter("invoice"),
            Filter("payment[payment_intent]", "payment.payment_intent"),
            Filter("payment[payment_record]", "payment.payment_record"),
            Filter("payment[type]", "payment.type"),
            Filter("status", choices=("canceled", "open", "paid")),
        ),
        id_param="invoice_payment",
        permission="invoice",
    ),
    Resource(
        "/v1/payment_intents", "payment_intent", (_CUSTOMER, _CUSTOMER_ACCOUNT), id_param="intent"
    ),
    Resource("/v1/charges", "charge", (_CUSTOMER, _INTENT, Filter("transfer_group"))),
    Resource("/v1/refunds", "refund", (Filter("charge"), _INTENT), permission="charge"),
    Resource("/v1/disputes", "dispute", (Filter("charge"), _INTENT), id_param="dispute"),
    Resource(
        "/v1/balance_transactions",
        "balance_transaction",
        (Filter("currency"), Filter("payout", "_payout"), Filter("source"), Filter("type")),
        permission="balance_transaction_source",
    ),
    Resource(
        "/v1/payouts",
        "payout",
        (Filter("arrival_date", match=Match.MIN_IN_RANGE), Filter("destination"), Filter("status")),
        id_param="payout",
    ),
    Resource(
        "/v1/credit_notes",
        "credit_note",
        (_CUSTOMER, _CUSTOMER_ACCOUNT, Filter("invoice")),
    ),
    Resource(
        "/v1/checkout/sessions",
        "checkout.session",
        (
            _CUSTOMER,
            _CUSTOMER_ACCOUNT,
            Filter("customer_details[email]", "customer_details.email"),
            _INTENT,
            Filter("payment_link"),
            Filter("status", choices=("complete", "expired", "open")),
            Filter("subscription"),
        ),
        id_param="session",
    ),
    Resource(
        "/v1/events",
        "event",
        (
            Filter("delivery_success", "pending_webhooks", Match.ABSENT, _BOOLEAN),
            Filter("type", "type", Match.PATTERN),
            Filter("types", "type", Match.ANY_OF, at_most=20),
        ),
    ),
    Resource("/v1/tax_rates", "tax_rate", (_ACTIVE, Filter("inclusive", choices=_BOOLEAN))),
    Resource(
        "/v1/payment_methods",
        "payment_method",
        (Filter("allow_redisplay"), _CUSTOMER, _CUSTOMER_ACCOUNT, Filter("type")),
        has_created=False,
        id_param="payment_method",
    ),
)

SUBLISTS: Final[tuple[Sublist, ...]] = (
    Sublist("/v1/invoices", "lines"),
    Sublist("/v1/credit_notes", "lines"),
    Sublist("/v1/checkout/sessions", "line_items"),
    Sublist("/v1/charges", "refunds"),
    Sublist("/v1/customers", "subscriptions"),
)

BY_PATH: Final = {resource.path: resource for resource in RESOURCES}
BY_KIND: Final = {resource.kind: resource for resource in RESOURCES}


def facets_of(obj: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return what lists may filter an object by: parameter name to the object's values."""
    resource = BY_KIND.get(obj["object"])
    filters = resource.filters if resource else ()
    return {one.name: read_path(obj, one.field_path) for one in filters}
