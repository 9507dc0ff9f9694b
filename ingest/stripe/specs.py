"""The Stripe objects that are landed: one row each, from which everything else is derived.

Facts are Stripe's, of the API version that the SDK pins (`API_VERSION`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from stripe import api_version

API_VERSION: Final = api_version
"""The dated version of every request; events alone come in the version of their own day."""


@dataclass(frozen=True)
class NestedList:
    """A list inside an object, of which Stripe gives the first ten rows.

    Attributes:
        field: the key that holds it.
        path: where the whole list is; `{id}` is the parent's id.
        parent_param: the query parameter that names the parent, where the path does not.
        expand: what to expand in each row.
    """

    field: str
    path: str
    parent_param: str | None = None
    expand: tuple[str, ...] = ()


@dataclass(frozen=True)
class ObjectSpec:
    """One type of Stripe object and its table in `raw_stripe`.

    Attributes:
        table: the table's name.
        object: the type as Stripe writes it in `object`; events are routed by it.
        path: the list's path; one object is at `{path}/{id}`, but for a `singleton`.
        permission: what a restricted key must be allowed to read, as the Stripe dashboard says it.
        expand: what to expand in each object.
        nested: the lists to complete inside it.
        list_params: parameters without which the list hides rows.
        singleton: there is one object, at `path` itself; its id where it has none is `object`.
        bounded: the list can be large and old rows are not needed to understand newer ones:
            STRIPE_ACCOUNT_START applies.
        window: no event tells of every change, so the list's newest part is read again each time.
            Long enough for a card payment to become available and a bank debit to be paid.
        deletable: it can vanish from the list for good, so that absence has to be looked into.
        by_parent: the parameter that lists what belongs to a changed parent, and its table.
    """

    table: str
    object: str
    path: str
    permission: str
    expand: tuple[str, ...] = ()
    nested: tuple[NestedList, ...] = ()
    list_params: dict[str, str] = field(default_factory=dict)
    singleton: bool = False
    bounded: bool = False
    window: timedelta | None = None
    deletable: bool = False
    by_parent: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        """Reject a spec that can't work."""
        if not self.path.startswith("/v1/"):
            raise ValueError(f"{self.table}: {self.path} is not a path of the v1 API")
        if self.singleton and (self.nested or self.bounded or self.deletable or self.list_params):
            raise ValueError(f"{self.table}: a single object has no list")
        if any(len(path.split(".")) > 3 for path in self.expand):
            raise ValueError(f"{self.table}: Stripe expands four levels, `data` included")

    @property
    def list_expand(self) -> list[str]:
        """The expansions in the form that a list takes."""
        return [f"data.{path}" for path in self.expand]

    def url(self, object_id: str) -> str:
        """Return the path of one object."""
        return self.path if self.singleton else f"{self.path}/{object_id}"


_WINDOW: Final = timedelta(days=10)

EVENTS: Final = ObjectSpec("events", "event", "/v1/events", "Events")

ACCOUNTS: Final = ObjectSpec(
    "accounts", "account", "/v1/account", "Basic account information", singleton=True
)

OBJECTS: Final = (
    ACCOUNTS,
    ObjectSpec("balances", "balance", "/v1/balance", "Balance", singleton=True),
    ObjectSpec("customers", "customer", "/v1/customers", "Customers", deletable=True),
    ObjectSpec(
        "products",
        "product",
        "/v1/products",
        "Products",
        deletable=True,
    ),
    ObjectSpec(
        # The list leaves out inline prices (they come by reference, see REFERENCES), so that
        # absence from it says nothing; deletions come as events.
        "prices",
        "price",
        "/v1/prices",
        "Prices",
        expand=("tiers", "currency_options"),
    ),
    ObjectSpec(
        "coupons",
        "coupon",
        "/v1/coupons",
        "Coupons",
        expand=("applies_to", "currency_options"),
        deletable=True,
    ),
    ObjectSpec("promotion_codes", "promotion_code", "/v1/promotion_codes", "Promotion Codes"),
    ObjectSpec(
        # Without `status=all` the list hides the canceled ones, which are half of the history.
        "subscriptions",
        "subscription",
        "/v1/subscriptions",
        "Subscriptions",
        expand=("discounts", "items.data.discounts"),
        nested=(
            NestedList("items", "/v1/subscription_items", "subscription", expand=("discounts",)),
        ),
        list_params={"status": "all"},
    ),
    ObjectSpec(
        "invoices",
        "invoice",
        "/v1/invoices",
        "Invoices",
        expand=("discounts",),
        nested=(NestedList("lines", "/v1/invoices/{id}/lines"),),
        bounded=True,
        deletable=True,
    ),
    ObjectSpec(
        # Created and deleted with an event, but joined to its invoice without one.
        "invoice_items",
        "invoiceitem",
        "/v1/invoiceitems",
        "Invoices",
        bounded=True,
        deletable=True,
        by_parent=("invoice", "invoices"),
    ),
    ObjectSpec(
        # Only `paid` has an event; what opens and cancels one is its invoice.
        "invoice_payments",
        "invoice_payment",
        "/v1/invoice_payments",
        "Invoices",
        bounded=True,
        window=_WINDOW,
        by_parent=("invoice", "invoices"),
    ),
    ObjectSpec(
        "payment_intents", "payment_intent", "/v1/payment_intents", "Payment Intents", bounded=True
    ),
    ObjectSpec("charges", "charge", "/v1/charges", "Charges and Refunds", bounded=True),
    ObjectSpec("refunds", "refund", "/v1/refunds", "Charges and Refunds", bounded=True),
    ObjectSpec("disputes", "dispute", "/v1/disputes", "Disputes", bounded=True),
    ObjectSpec(
        # Never an event of its own, and `status` turns from pending to available.
        "balance_transactions",
        "balance_transaction",
        "/v1/balance_transactions",
        "Balance transaction sources",
        bounded=True,
        window=_WINDOW,
    ),
    ObjectSpec("payouts", "payout", "/v1/payouts", "Payouts", bounded=True),
    ObjectSpec(
        "credit_notes",
        "credit_note",
        "/v1/credit_notes",
        "Credit Notes",
        nested=(NestedList("lines", "/v1/credit_notes/{id}/lines"),),
        bounded=True,
    ),
    ObjectSpec(
        # Opened without an event.
        "checkout_sessions",
        "checkout.session",
        "/v1/checkout/sessions",
        "Checkout Sessions",
        expand=("line_items",),
        nested=(NestedList("line_items", "/v1/checkout/sessions/{id}/line_items"),),
        bounded=True,
        window=_WINDOW,
    ),
)

ALL_OBJECTS: Final = (*OBJECTS, EVENTS)
BY_TABLE: Final = {spec.table: spec for spec in ALL_OBJECTS}
BY_OBJECT: Final = {spec.object: spec for spec in ALL_OBJECTS}

# Their `.deleted` events tell of an end, not of absence: the object can still be read.
ENDED_NOT_GONE: Final = frozenset({"subscription", "discount"})

# An event about the left touches what the named fields of its payload point to.
TOUCHES: Final = {"discount": (("customer", "customers"), ("subscription", "subscriptions"))}

# Where objects name others, which are fetched if they were never seen: inline prices and deleted
# customers are in no list, and a balance transaction has no event. `*` goes through a list.
REFERENCES: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "customers": (("discount.source.coupon", "coupons"),),
    "subscriptions": (
        ("customer", "customers"),
        ("discounts.*.source.coupon", "coupons"),
        ("items.data.*.discounts.*.source.coupon", "coupons"),
        ("items.data.*.price", "prices"),
        ("items.data.*.price.product", "products"),
    ),
    "invoices": (
        ("customer", "customers"),
        ("discounts.*.source.coupon", "coupons"),
        ("lines.data.*.pricing.price_details.price", "prices"),
        ("lines.data.*.pricing.price_details.product", "products"),
    ),
    "invoice_items": (
        ("customer", "customers"),
        ("pricing.price_details.price", "prices"),
    ),
    "checkout_sessions": (
        ("customer", "customers"),
        ("line_items.data.*.price", "prices"),
        ("line_items.data.*.price.product", "products"),
    ),
    "charges": (
        ("customer", "customers"),
        ("balance_transaction", "balance_transactions"),
        ("failure_balance_transaction", "balance_transactions"),
    ),
    "payment_intents": (("customer", "customers"),),
    "refunds": (
        ("balance_transaction", "balance_transactions"),
        ("failure_balance_transaction", "balance_transactions"),
    ),
    "disputes": (("balance_transactions.*", "balance_transactions"),),
    "payouts": (
        ("balance_transaction", "balance_transactions"),
        ("failure_balance_transaction", "balance_transactions"),
    ),
    "credit_notes": (("customer", "customers"),),
    "prices": (("product", "products"),),
    "promotion_codes": (("promotion.coupon", "coupons"),),
}
