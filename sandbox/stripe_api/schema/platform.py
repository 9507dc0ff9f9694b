"""Fields of what a platform moves to and from connected accounts, and of what tops it up."""

from __future__ import annotations

from typing import Final

from sandbox.stripe_api.schema.fields import (
    ACCOUNT,
    BALANCE_TRANSACTION,
    UNKNOWN,
    Field,
    NestedList,
    Reference,
)

PLATFORM: Final[dict[str, dict[str, Field]]] = {
    "application_fee": {
        "account": ACCOUNT,
        "application": UNKNOWN,
        "balance_transaction": BALANCE_TRANSACTION,
        "charge": Reference(("charge",)),
        "originating_transaction": Reference(("charge",)),
        "refunds": NestedList("fee_refund", "/v1/application_fees/{id}/refunds"),
    },
    "fee_refund": {
        "balance_transaction": BALANCE_TRANSACTION,
        "fee": Reference(("application_fee",)),
    },
    "topup": {
        "balance_transaction": BALANCE_TRANSACTION,
        "payment_method": Reference(("payment_method",)),
    },
    "transfer": {
        "balance_transaction": BALANCE_TRANSACTION,
        "destination": ACCOUNT,
        "destination_payment": Reference(("charge",)),
        "reversals": NestedList("transfer_reversal", "/v1/transfers/{id}/reversals"),
        "source_transaction": Reference(("charge",)),
    },
    "transfer_reversal": {
        "balance_transaction": BALANCE_TRANSACTION,
        "destination_payment_refund": Reference(("refund",)),
        "source_refund": Reference(("refund",)),
        "transfer": Reference(("transfer",)),
    },
}
