"""Endpoints of accounts, payments and what follows them."""

from __future__ import annotations

from typing import Final

from sandbox.stripe_api.filters import Filter, Match
from sandbox.stripe_api.resources.types import (
    BOOLEAN,
    CUSTOMER,
    CUSTOMER_ACCOUNT,
    INTENT,
    Resource,
)

MONEY: Final[tuple[Resource, ...]] = (
    Resource("/v1/accounts", "account", id_param="account", permission="accounts_kyc_basic"),
    Resource(
        "/v1/payment_intents", "payment_intent", (CUSTOMER, CUSTOMER_ACCOUNT), id_param="intent"
    ),
    Resource("/v1/charges", "charge", (CUSTOMER, INTENT, Filter("transfer_group"))),
    Resource("/v1/refunds", "refund", (Filter("charge"), INTENT), permission="charge"),
    Resource("/v1/disputes", "dispute", (Filter("charge"), INTENT), id_param="dispute"),
    Resource(
        "/v1/balance_transactions",
        "balance_transaction",
        (
            Filter("currency"),
            Filter("payout", "_payout", automatic=True),
            Filter("source"),
            Filter("type"),
        ),
        permission="balance_transaction_source",
    ),
    Resource(
        "/v1/payouts",
        "payout",
        (Filter("arrival_date", match=Match.MIN_IN_RANGE), Filter("destination"), Filter("status")),
        id_param="payout",
    ),
    Resource(
        "/v1/checkout/sessions",
        "checkout.session",
        (
            CUSTOMER,
            CUSTOMER_ACCOUNT,
            Filter("customer_details[email]", "customer_details.email"),
            INTENT,
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
            Filter("delivery_success", "pending_webhooks", Match.ABSENT, BOOLEAN),
            Filter("type", "type", Match.PATTERN),
            Filter("types", "type", Match.ANY_OF, at_most=20),
        ),
    ),
    Resource(
        "/v1/payment_methods",
        "payment_method",
        (Filter("allow_redisplay"), CUSTOMER, CUSTOMER_ACCOUNT, Filter("type")),
        has_created=False,
        id_param="payment_method",
    ),
    Resource(
        "/v1/setup_intents",
        "setup_intent",
        (
            Filter("attach_to_self", choices=BOOLEAN),
            CUSTOMER,
            CUSTOMER_ACCOUNT,
            Filter("payment_method"),
        ),
        id_param="intent",
    ),
    Resource(
        "/v1/radar/early_fraud_warnings",
        "radar.early_fraud_warning",
        (Filter("charge"), INTENT),
        id_param="early_fraud_warning",
    ),
    Resource("/v1/reviews", "review", id_param="review"),
)
