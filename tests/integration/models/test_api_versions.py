"""Objects of any API version in one raw layer are staged alike and lead to the same cash."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.stripe_api.versions import PINNED_VERSION
from tests.integration.models.project import Project
from tests.integration.models.shown_objects import shown_objects
from tests.unit.sandbox.company_world import DAY, new_world

pytestmark = pytest.mark.slow

BASIL = "2025-03-31"
OLDER_VERSIONS = ("2024-06-20", "2025-06-30.basil")

_SHAPE = "JSON, kept as it was given; what is read of it is compared where it lands"
_NEWER = "only objects from before 2025-03-31 say it: invoice payments do since"
_PERIOD = "only objects from before 2025-03-31 say it: items do since"

DIFFERENT = {
    "stg_stripe__customers": {"discount": _SHAPE},
    "stg_stripe__subscriptions": {
        "items": _SHAPE,
        "discounts": _SHAPE,
        "own_period_started_at": _PERIOD,
        "own_period_ends_at": _PERIOD,
    },
    "stg_stripe__subscription_versions": {
        "items": _SHAPE,
        "discounts": _SHAPE,
        "own_period_started_at": _PERIOD,
        "own_period_ends_at": _PERIOD,
        "version_key": "a hash of what was received",
    },
    "stg_stripe__subscription_events": {
        "items": _SHAPE,
        "discounts": _SHAPE,
        "own_period_started_at": _PERIOD,
        "own_period_ends_at": _PERIOD,
    },
    "stg_stripe__invoices": {
        "lines": _SHAPE,
        "discounts": _SHAPE,
        "total_taxes": _SHAPE,
        "own_charge_id": _NEWER,
        "own_payment_intent_id": _NEWER,
    },
    "stg_stripe__invoice_lines": {"taxes": _SHAPE},
    "stg_stripe__charges": {"own_invoice_id": _NEWER},
    "stg_stripe__payment_intents": {"own_invoice_id": _NEWER},
    "stg_stripe__credit_notes": {
        "refunds": "an older note names its one refund without the amount, which the refund has"
    },
    "stg_stripe__events": {"data_object": _SHAPE},
}
"""What differs by design between an old object and today's, and why.

What an old object can't say at all does not occur in the sandbox: that a part of an invoice was
paid past Stripe (it only said whether: the whole amount paid is taken), a quantity with decimals
(it is cut), a unit amount of a line in another currency than its price's (null), periods that
differ between the items of one subscription (there were none), a second refund of a credit note.
"""

KEYS = {
    "balance_transactions": "balance_transaction_id",
    "charges": "charge_id",
    "checkout_line_items": "line_item_id",
    "checkout_sessions": "checkout_session_id",
    "coupons": "coupon_id",
    "credit_notes": "credit_note_id",
    "customers": "customer_id",
    "discounts": "discount_id",
    "disputes": "dispute_id",
    "events": "event_id",
    "invoice_items": "invoice_item_id",
    "invoice_lines": "line_id",
    "invoice_payments": "invoice_payment_id",
    "invoices": "invoice_id",
    "payment_intents": "payment_intent_id",
    "payout_transactions": "payout_transaction_id",
    "payouts": "payout_id",
    "prices": "price_id",
    "products": "product_id",
    "promotion_codes": "promotion_code_id",
    "refunds": "refund_id",
    "subscription_events": "event_id",
    "subscription_items": "subscription_item_id",
    "subscription_versions": "subscription_id",
    "subscriptions": "subscription_id",
}
TABLES = {f"staging.stg_stripe__{name}": key for name, key in KEYS.items()} | {
    "intermediate.int_charges_attributed": "charge_id",
    "intermediate.int_invoice_charges": "charge_id",
}

Table = dict[str, dict[str, Any]]


def built(project: Project) -> dict[str, Table]:
    """Build staging and the cash join from raw; return each table's rows by their key."""
    project.run(
        "--full-refresh", "--select",
        "path:models/staging/stripe", "+int_charges_attributed", "+int_invoice_charges",
    )  # fmt: skip
    tables: dict[str, Table] = {}
    with project.engine.connect(read_only=True) as connection:
        for name, key in TABLES.items():
            found = connection.execute(f"select * from {name}")
            columns = [str(column[0]) for column in found.description or ()]
            rows = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
            tables[name.split(".")[1]] = {row[key]: row for row in rows}
            assert len(tables[name.split(".")[1]]) == len(rows)
    return tables


def differing(before: Table, after: Table) -> set[str]:
    """Return the columns in which two tables of the same rows differ."""
    assert before.keys() == after.keys()
    return {
        column for key, row in before.items() for column in row if row[column] != after[key][column]
    }


def test_objects_of_older_versions_are_staged_like_todays(project: Project) -> None:
    store = new_world(DAY).store
    with project.raw() as raw:
        raw.create(now=DAY, first_load_at=DAY)
    tables: dict[str, dict[str, Table]] = {}
    for version in (PINNED_VERSION, *OLDER_VERSIONS):
        with project.raw() as raw:
            raw.empty()
            raw.load("raw_stripe", "1")
            for table, obj in shown_objects(store, version):
                # The cash join has to do without invoice payments where Stripe had none.
                if version > BASIL or table != "invoice_payments":
                    raw.stripe(table, obj, observed_at=DAY, load_id="1")
        tables[version] = built(project)

    today = tables.pop(PINNED_VERSION)
    assert all(today[name] for name in today), "the company has every type of object"
    charges = today["int_charges_attributed"].values()
    assert sum(charge["invoice_id"] is not None for charge in charges) > 400
    differences: dict[str, set[str]] = {}
    for version, older in tables.items():
        if version < BASIL:
            assert older.pop("stg_stripe__invoice_payments") == {}
        for name, table in older.items():
            differences.setdefault(name, set()).update(differing(today[name], table))
    found = {name: columns for name, columns in differences.items() if columns}
    assert found == {name: set(columns) for name, columns in DIFFERENT.items()}
