"""Marts written by hand, in which every identity holds: what a test of a check breaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tests.yaml_files import read_yaml
from warehouse.engines import Connection

_MODELS = Path(__file__).parents[3] / "dbt_project" / "models" / "marts"

_GAPS = (
    "gap_awaiting_payment_usd",
    "gap_beyond_grace_usd",
    "gap_coupons_usd",
    "gap_fx_usd",
    "gap_cancellation_usd",
)

MARTS: dict[str, Sequence[Mapping[str, Any]]] = {
    "fct_payments": [
        {"charge_id": "ch_1", "invoice_id": "in_1", "captured_minor": 2600, "refunded_minor": 600,
         "disputed_minor": 500, "retained_minor": 1500},
        {"charge_id": "ch_2", "invoice_id": None, "captured_minor": 800, "refunded_minor": 0,
         "disputed_minor": 0, "retained_minor": 800},
        {"charge_id": "ch_3", "invoice_id": "in_2", "status": "failed", "captured_minor": 0,
         "refunded_minor": 0, "disputed_minor": 0, "retained_minor": 0},
    ],
    "fct_refunds": [
        {"refund_id": "re_1", "charge_id": "ch_1", "amount_minor": 600, "status": "succeeded",
         "is_capture_release": False},
        {"refund_id": "re_2", "charge_id": "ch_1", "amount_minor": 2600, "status": "failed",
         "is_capture_release": False},
    ],
    "fct_disputes": [
        {"dispute_id": "du_1", "charge_id": "ch_1", "transactions": 1, "disputed_minor": 500},
        {"dispute_id": "du_2", "charge_id": "ch_1", "transactions": 2, "disputed_minor": 0},
    ],
    "fct_payouts": [
        {"payout_id": "po_1", "amount_minor": 900, "automatic": True, "status": "paid"},
        {"payout_id": "po_2", "amount_minor": 400, "automatic": True, "status": "failed"},
    ],
    "fct_balance_transactions": [
        {"payout_id": "po_1", "cash_class": "payout", "net_minor": -900},
        {"payout_id": "po_2", "cash_class": "payout", "net_minor": -400},
        {"payout_id": "po_2", "cash_class": "payout_reversal", "net_minor": 400},
    ],
    "rec_payouts": [
        {"payout_id": "po_1", "amount_minor": 900, "paid_out_minor": 900, "transactions": 2},
        # Stripe has not told yet, or never will.
        {"payout_id": "po_2", "amount_minor": 400, "paid_out_minor": None, "transactions": None},
    ],
    "fct_invoices": [
        {"invoice_id": "in_1", "subtotal_minor": 3000, "discount_minor": 600, "tax_minor": 300,
         "total_minor": 2700, "amount_due_minor": 2700, "amount_paid_minor": 2700,
         "amount_remaining_minor": 0, "amount_overpaid_minor": 0, "paid_out_of_band_minor": 100},
    ],
    "fct_invoice_lines": [
        {"invoice_id": "in_1", "line_id": "il_1", "amount_minor": 3400},
        {"invoice_id": "in_1", "line_id": "il_2", "amount_minor": -400},
    ],
    "rec_stripe_balance": [
        {"currency": "usd", "date": date(2026, 1, 1), "opening_minor": 0, "net_minor": 600,
         "closing_minor": 600, "stripe_minor": None},
        {"currency": "usd", "date": date(2026, 1, 2), "opening_minor": 600, "net_minor": 0,
         "closing_minor": 600, "stripe_minor": 600},
        {"currency": "jpy", "date": date(2026, 1, 2), "opening_minor": 0, "net_minor": 900,
         "closing_minor": 900, "stripe_minor": None},
    ],
    "fct_dunning_cases": [
        {"invoice_id": "in_2", "opened_at": datetime(2026, 1, 9, tzinfo=UTC),
         "closed_at": datetime(2026, 1, 12, tzinfo=UTC), "outcome": "recovered"},
        {"invoice_id": "in_3", "opened_at": datetime(2026, 1, 9, tzinfo=UTC),
         "closed_at": None, "outcome": "pending"},
    ],
    "dim_customers": [
        {"customer_key": "u1", "cohort_month": date(2026, 1, 1), "is_internal": False},
        {"customer_key": "u2", "cohort_month": date(2026, 1, 1), "is_internal": False},
        {"customer_key": "u3", "cohort_month": date(2026, 1, 1), "is_internal": True},
        {"customer_key": "u4", "cohort_month": None, "is_internal": False},
    ],
    "agg_cohort_retention_monthly": [
        {"cohort_month": date(2026, 1, 1), "age_months": 0, "month": date(2026, 1, 1),
         "customers_start": 2, "customers_active": 2, "mrr_usd": 34},
        {"cohort_month": date(2026, 1, 1), "age_months": 1, "month": date(2026, 2, 1),
         "customers_start": 2, "customers_active": 1, "mrr_usd": 8},
    ],
    "agg_mrr_monthly": [
        {"month": date(2025, 12, 1), "closing_usd": 0, "customers_closing": 0},
        {"month": date(2026, 1, 1), "closing_usd": 34, "customers_closing": 2},
        {"month": date(2026, 2, 1), "closing_usd": 8, "customers_closing": 1},
    ],
    "fct_mrr_by_definition": [
        {"month": month, "definition": definition, "mrr_usd": ours + gap, "ours_usd": ours,
         **dict.fromkeys(_GAPS, 0), "gap_paused_usd": gap}
        for month, ours in ((date(2026, 1, 1), 34), (date(2026, 2, 1), 8))
        for definition, gap in (
            ("ours", 0), ("stripe", 5), ("chartmogul", 5),
            ("baremetrics", 0), ("profitwell", 0), ("paddle", 0),
        )
    ],
}  # fmt: skip


def write_marts(connection: Connection) -> None:
    """Create every mart with the columns of its contract, and fill those above."""
    connection.execute("create schema build")
    for path in sorted(_MODELS.rglob("_*models.yml")):
        for model in read_yaml(path)["models"]:
            columns = ", ".join(f'"{c["name"]}" {c["data_type"]}' for c in model["columns"])
            connection.execute(f"create table build.{model['name']} ({columns})")
    for mart, rows in MARTS.items():
        for row in rows:
            names, marks = ", ".join(row), ", ".join("?" for _ in row)
            connection.execute(
                f"insert into build.{mart} ({names}) values ({marks})", list(row.values())
            )
