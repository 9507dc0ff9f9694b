"""The Stripe objects about what is sold, to whom, and what is billed: one row each."""

from __future__ import annotations

from typing import Final

from ingest.stripe.object_spec import (
    CUSTOMER,
    WINDOW,
    NestedList,
    ObjectSpec,
    ParentList,
    ParentSign,
    Reference,
)

BILLING_OBJECTS: Final = (
    ObjectSpec(
        "customers",
        "customer",
        "/v1/customers",
        "Customers",
        events=("customer",),
        deletable=True,
        references=(Reference("discount.source.coupon", "coupons"),),
    ),
    ObjectSpec(
        # Without events; what moves a balance changes the customer or one of its invoices.
        "customer_balance_transactions",
        "customer_balance_transaction",
        "/v1/customers/{id}/balance_transactions",
        "Customers",
        parents=ParentList(
            "customers",
            "customer",
            (
                ParentSign("customers", "id", ("balance", "invoice_credit_balance")),
                ParentSign("invoices", "customer", ("starting_balance", "ending_balance")),
            ),
        ),
    ),
    ObjectSpec(
        "products", "product", "/v1/products", "Products", events=("product",), deletable=True
    ),
    ObjectSpec(
        # The list leaves out inline prices (they come by reference), so that absence from it says
        # nothing; deletions come as events.
        "prices",
        "price",
        "/v1/prices",
        "Prices",
        events=("price",),
        expand=("tiers", "currency_options"),
        references=(Reference("product", "products"),),
    ),
    ObjectSpec(
        # What recurring prices were called once, under the same ids; absence as with prices.
        "plans",
        "plan",
        "/v1/plans",
        "Prices",
        events=("plan",),
        expand=("tiers",),
        references=(Reference("product", "products"),),
    ),
    ObjectSpec(
        "coupons",
        "coupon",
        "/v1/coupons",
        "Coupons",
        events=("coupon",),
        expand=("applies_to", "currency_options"),
        deletable=True,
    ),
    ObjectSpec(
        "promotion_codes",
        "promotion_code",
        "/v1/promotion_codes",
        "Promotion Codes",
        events=("promotion_code",),
        references=(Reference("promotion.coupon", "coupons"),),
    ),
    ObjectSpec("tax_rates", "tax_rate", "/v1/tax_rates", "Tax Rates", events=("tax_rate",)),
    ObjectSpec(
        # Without `status=all` the list hides the canceled ones, which are half of the history.
        "subscriptions",
        "subscription",
        "/v1/subscriptions",
        "Subscriptions",
        events=("customer.subscription",),
        expand=("discounts", "items.data.discounts"),
        nested=(
            NestedList("items", "/v1/subscription_items", "subscription", expand=("discounts",)),
        ),
        list_params={"status": "all"},
        references=(
            CUSTOMER,
            Reference("discounts.*.source.coupon", "coupons"),
            Reference("items.data.*.discounts.*.source.coupon", "coupons"),
            Reference("items.data.*.price", "prices"),
            Reference("items.data.*.price.product", "products"),
        ),
    ),
    ObjectSpec(
        "subscription_schedules",
        "subscription_schedule",
        "/v1/subscription_schedules",
        "Subscriptions",
        events=("subscription_schedule",),
        references=(CUSTOMER, Reference("phases.*.items.*.price", "prices")),
    ),
    ObjectSpec(
        "invoices",
        "invoice",
        "/v1/invoices",
        "Invoices",
        events=("invoice",),
        expand=("discounts",),
        nested=(NestedList("lines", "/v1/invoices/{id}/lines"),),
        bounded=True,
        deletable=True,
        references=(
            CUSTOMER,
            Reference("discounts.*.source.coupon", "coupons"),
            Reference("lines.data.*.pricing.price_details.price", "prices"),
            Reference("lines.data.*.pricing.price_details.product", "products"),
            Reference("lines.data.*.taxes.*.tax_rate_details.tax_rate", "tax_rates"),
            # Created and deleted with an event, but joined to its invoice without one.
            Reference(
                "lines.data.*.parent.invoice_item_details.invoice_item", "invoice_items", again=True
            ),
        ),
    ),
    ObjectSpec(
        "invoice_items",
        "invoiceitem",
        "/v1/invoiceitems",
        "Invoices",
        events=("invoiceitem",),
        bounded=True,
        deletable=True,
        references=(CUSTOMER, Reference("pricing.price_details.price", "prices")),
    ),
    ObjectSpec(
        # Only `paid` has an event; what opens and cancels one is its invoice.
        "invoice_payments",
        "invoice_payment",
        "/v1/invoice_payments",
        "Invoices",
        events=("invoice_payment",),
        bounded=True,
        window=WINDOW,
        by_parent=("invoice", "invoices"),
    ),
    ObjectSpec(
        "credit_notes",
        "credit_note",
        "/v1/credit_notes",
        "Credit Notes",
        events=("credit_note",),
        nested=(NestedList("lines", "/v1/credit_notes/{id}/lines"),),
        bounded=True,
        references=(CUSTOMER,),
    ),
    ObjectSpec(
        "credit_grants",
        "billing.credit_grant",
        "/v1/billing/credit_grants",
        "Credit Grants",
        events=("billing.credit_grant",),
        has_created=False,
        references=(CUSTOMER,),
    ),
    ObjectSpec(
        "meters",
        "billing.meter",
        "/v1/billing/meters",
        "Meters",
        events=("billing.meter",),
        has_created=False,
    ),
)
