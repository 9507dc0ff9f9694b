"""Fields of accounts, payments and what follows them."""

from __future__ import annotations

from typing import Final

from sandbox.stripe_api.schema.fields import (
    ACCOUNT,
    BALANCE_TRANSACTION,
    CUSTOMER,
    UNKNOWN,
    Embedded,
    Field,
    NestedList,
    Reference,
)

MONEY: Final[dict[str, dict[str, Field]]] = {
    "account": {},
    "balance": {},
    "balance_transaction": {
        "source": Reference(
            (
                "charge",
                "refund",
                "dispute",
                "payout",
                "transfer",
                "transfer_reversal",
                "application_fee",
                "fee_refund",
                "topup",
            )
        )
    },
    "charge": {
        "application": UNKNOWN,
        "application_fee": Reference(("application_fee",)),
        "balance_transaction": BALANCE_TRANSACTION,
        "customer": CUSTOMER,
        "failure_balance_transaction": BALANCE_TRANSACTION,
        "on_behalf_of": ACCOUNT,
        "payment_intent": Reference(("payment_intent",)),
        "refunds": NestedList(
            "refund", "/v1/charges/{id}/refunds", on_request=True, filled_by="charge"
        ),
        "review": Reference(("review",)),
        "source_transfer": Reference(("transfer",)),
        "transfer": Reference(("transfer",)),
    },
    "checkout.session": {
        "customer": CUSTOMER,
        "discounts.coupon": Reference(("coupon",)),
        "discounts.promotion_code": Reference(("promotion_code",)),
        "invoice": Reference(("invoice",)),
        "line_items": NestedList("item", "/v1/checkout/sessions/{id}/line_items", on_request=True),
        "payment_intent": Reference(("payment_intent",)),
        "payment_link": UNKNOWN,
        "setup_intent": Reference(("setup_intent",)),
        "subscription": Reference(("subscription",)),
    },
    "dispute": {
        "balance_transactions": Embedded("balance_transaction"),
        "charge": Reference(("charge",)),
        "payment_intent": Reference(("payment_intent",)),
    },
    "event": {},
    "item": {"price": Embedded("price")},
    "payment_intent": {
        "application": UNKNOWN,
        "customer": CUSTOMER,
        "latest_charge": Reference(("charge",)),
        "on_behalf_of": ACCOUNT,
        "payment_method": Reference(("payment_method",)),
        "payment_record": UNKNOWN,
        "review": Reference(("review",)),
        "source": UNKNOWN,
    },
    "payment_method": {"customer": CUSTOMER},
    "payout": {
        "application_fee": Reference(("application_fee",)),
        "balance_transaction": BALANCE_TRANSACTION,
        "destination": UNKNOWN,
        "failure_balance_transaction": BALANCE_TRANSACTION,
        "original_payout": Reference(("payout",)),
        "reversed_by": Reference(("payout",)),
    },
    "radar.early_fraud_warning": {
        "charge": Reference(("charge",)),
        "payment_intent": Reference(("payment_intent",)),
    },
    "refund": {
        "balance_transaction": BALANCE_TRANSACTION,
        "charge": Reference(("charge",)),
        "customer": CUSTOMER,
        "failure_balance_transaction": BALANCE_TRANSACTION,
        "payment_intent": Reference(("payment_intent",)),
        "payment_method": Reference(("payment_method",)),
        "source_transfer_reversal": Reference(("transfer_reversal",)),
        "transfer_reversal": Reference(("transfer_reversal",)),
    },
    "review": {
        "charge": Reference(("charge",)),
        "payment_intent": Reference(("payment_intent",)),
    },
    "setup_intent": {
        "application": UNKNOWN,
        "customer": CUSTOMER,
        "latest_attempt": UNKNOWN,
        "mandate": UNKNOWN,
        "on_behalf_of": ACCOUNT,
        "payment_method": Reference(("payment_method",)),
        "single_use_mandate": UNKNOWN,
    },
}
