"""Endpoints of what is sold and billed."""

from __future__ import annotations

from typing import Final

from sandbox.stripe_api.filters import Filter, Match
from sandbox.stripe_api.resources.types import (
    ACTIVE,
    BOOLEAN,
    CUSTOMER,
    CUSTOMER_ACCOUNT,
    Resource,
)

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

BILLING: Final[tuple[Resource, ...]] = (
    Resource("/v1/customers", "customer", (Filter("email"), Filter("test_clock"))),
    Resource(
        "/v1/products",
        "product",
        (
            ACTIVE,
            Filter("ids", "id", Match.ANY_OF),
            Filter("shippable", choices=BOOLEAN),
            Filter("type"),
            Filter("url"),
        ),
    ),
    Resource(
        "/v1/prices",
        "price",
        (
            ACTIVE,
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
    Resource("/v1/plans", "plan", (ACTIVE, Filter("product")), id_param="plan"),
    Resource("/v1/coupons", "coupon", id_param="coupon"),
    Resource(
        "/v1/promotion_codes",
        "promotion_code",
        (
            ACTIVE,
            Filter("code"),
            Filter("coupon", "promotion.coupon"),
            CUSTOMER,
            CUSTOMER_ACCOUNT,
        ),
        id_param="promotion_code",
    ),
    Resource("/v1/tax_rates", "tax_rate", (ACTIVE, Filter("inclusive", choices=BOOLEAN))),
    Resource(
        "/v1/subscriptions",
        "subscription",
        (
            Filter("automatic_tax[enabled]", "automatic_tax.enabled", choices=BOOLEAN),
            _COLLECTION,
            Filter("current_period_end", "items.data.current_period_end", Match.MIN_IN_RANGE),
            Filter("current_period_start", "items.data.current_period_start", Match.MAX_IN_RANGE),
            CUSTOMER,
            CUSTOMER_ACCOUNT,
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
        permission="subscription",
    ),
    Resource(
        "/v1/invoices",
        "invoice",
        (
            _COLLECTION,
            CUSTOMER,
            CUSTOMER_ACCOUNT,
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
            CUSTOMER,
            CUSTOMER_ACCOUNT,
            Filter("invoice"),
            Filter("pending", "invoice", Match.ABSENT, choices=BOOLEAN),
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
        "/v1/credit_notes",
        "credit_note",
        (CUSTOMER, CUSTOMER_ACCOUNT, Filter("invoice")),
    ),
    Resource(
        "/v1/subscription_schedules",
        "subscription_schedule",
        (
            Filter("canceled_at", match=Match.MIN_IN_RANGE),
            Filter("completed_at", match=Match.MIN_IN_RANGE),
            CUSTOMER,
            CUSTOMER_ACCOUNT,
            Filter("released_at", match=Match.MIN_IN_RANGE),
            Filter(
                "scheduled",
                "status",
                choices=BOOLEAN,
                widened=(("true", ("not_started",)), ("false", ())),
            ),
        ),
        id_param="schedule",
        permission="subscription",
    ),
    Resource(
        "/v1/billing/credit_grants",
        "billing.credit_grant",
        (CUSTOMER, CUSTOMER_ACCOUNT),
        has_created=False,
    ),
    Resource(
        "/v1/billing/meters",
        "billing.meter",
        (Filter("status", choices=("active", "inactive")),),
        has_created=False,
    ),
)

OWNED: Final[tuple[Resource, ...]] = (
    Resource(
        "/v1/customers/{id}/balance_transactions",
        "customer_balance_transaction",
        (Filter("invoice"),),
        id_param="transaction",
        owner="customer",
        permission="customer",
    ),
)
"""What can be reached only through the object it belongs to."""
