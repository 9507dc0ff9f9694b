"""The Stripe objects about money that moves, and who tried to move it: one row each."""

from __future__ import annotations

from typing import Final

from ingest.stripe.object_spec import (
    CUSTOMER,
    WINDOW,
    Membership,
    NestedList,
    ObjectSpec,
    ParentList,
    ParentSign,
    Reference,
)

_BALANCE_TRANSACTION: Final = Reference("balance_transaction", "balance_transactions", again=True)
_BALANCE_TRANSACTIONS: Final = (
    _BALANCE_TRANSACTION,
    Reference("failure_balance_transaction", "balance_transactions", again=True),
)

PAYMENT_OBJECTS: Final = (
    ObjectSpec(
        "balances", "balance", "/v1/balance", "Balance", events=("balance",), singleton=True
    ),
    ObjectSpec(
        "payment_intents",
        "payment_intent",
        "/v1/payment_intents",
        "Payment Intents",
        events=("payment_intent",),
        bounded=True,
        references=(CUSTOMER, Reference("review", "reviews")),
    ),
    ObjectSpec(
        "setup_intents",
        "setup_intent",
        "/v1/setup_intents",
        "Setup Intents",
        events=("setup_intent",),
        bounded=True,
        references=(CUSTOMER,),
    ),
    ObjectSpec(
        # A detached one leaves the list and can still be read, so that absence says nothing.
        "payment_methods",
        "payment_method",
        "/v1/payment_methods",
        "Payment Methods",
        events=("payment_method",),
        has_created=False,
    ),
    ObjectSpec(
        "charges",
        "charge",
        "/v1/charges",
        "Charges and Refunds",
        events=("charge",),
        bounded=True,
        references=(CUSTOMER, *_BALANCE_TRANSACTIONS, Reference("review", "reviews")),
    ),
    ObjectSpec(
        "refunds",
        "refund",
        "/v1/refunds",
        "Charges and Refunds",
        events=("refund", "charge.refund"),
        bounded=True,
        references=_BALANCE_TRANSACTIONS,
    ),
    ObjectSpec(
        "disputes",
        "dispute",
        "/v1/disputes",
        "Disputes",
        events=("charge.dispute",),
        bounded=True,
        references=(Reference("balance_transactions.*", "balance_transactions", again=True),),
    ),
    ObjectSpec(
        "early_fraud_warnings",
        "radar.early_fraud_warning",
        "/v1/radar/early_fraud_warnings",
        "Early Fraud Warnings",
        events=("radar.early_fraud_warning",),
        bounded=True,
    ),
    ObjectSpec(
        # The list holds the open ones; the closed come by reference and by event.
        "reviews",
        "review",
        "/v1/reviews",
        "Reviews",
        events=("review",),
        bounded=True,
    ),
    ObjectSpec(
        # Never an event of its own, and `status` turns from pending to available.
        "balance_transactions",
        "balance_transaction",
        "/v1/balance_transactions",
        "Balance transaction sources",
        bounded=True,
        window=WINDOW,
    ),
    ObjectSpec(
        "payouts",
        "payout",
        "/v1/payouts",
        "Payouts",
        events=("payout",),
        bounded=True,
        references=_BALANCE_TRANSACTIONS,
    ),
    ObjectSpec(
        # A balance transaction does not say which payout paid it out; only this list does. Stripe
        # gives it of automatic payouts alone, and whole once it has completed it. The net is kept
        # because a payout may hold transactions of before STRIPE_ACCOUNT_START, and type and source
        # because the payout's own transaction is in the list as well.
        "payout_transactions",
        "payout_transaction",
        "/v1/balance_transactions",
        "Balance transaction sources",
        parents=ParentList(
            "payouts",
            "payout",
            (
                ParentSign(
                    "payouts",
                    "id",
                    ("amount",),
                    where=(("automatic", "true"), ("reconciliation_status", "completed")),
                ),
            ),
            param="payout",
            membership=Membership("balance_transaction", ("created", "net", "source", "type")),
        ),
    ),
    ObjectSpec(
        "transfers",
        "transfer",
        "/v1/transfers",
        "Transfers",
        events=("transfer",),
        nested=(NestedList("reversals", "/v1/transfers/{id}/reversals"),),
        bounded=True,
        references=(
            _BALANCE_TRANSACTION,
            Reference("reversals.data.*.balance_transaction", "balance_transactions", again=True),
        ),
    ),
    ObjectSpec(
        "application_fees",
        "application_fee",
        "/v1/application_fees",
        "Application Fees",
        events=("application_fee", "application_fee.refund"),
        nested=(NestedList("refunds", "/v1/application_fees/{id}/refunds"),),
        bounded=True,
        references=(
            _BALANCE_TRANSACTION,
            Reference("refunds.data.*.balance_transaction", "balance_transactions", again=True),
        ),
    ),
    ObjectSpec(
        "topups",
        "topup",
        "/v1/topups",
        "Top-ups",
        events=("topup",),
        bounded=True,
        references=(_BALANCE_TRANSACTION,),
    ),
    ObjectSpec(
        # Opened without an event.
        "checkout_sessions",
        "checkout.session",
        "/v1/checkout/sessions",
        "Checkout Sessions",
        events=("checkout.session",),
        expand=("line_items",),
        nested=(NestedList("line_items", "/v1/checkout/sessions/{id}/line_items"),),
        bounded=True,
        window=WINDOW,
        references=(
            CUSTOMER,
            Reference("line_items.data.*.price", "prices"),
            Reference("line_items.data.*.price.product", "products"),
        ),
    ),
)
