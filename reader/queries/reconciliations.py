"""What is compared with Stripe or with itself, and what differs."""

from __future__ import annotations

from dataclasses import dataclass

from reader.database import Connection, Row
from reader.envelope import Page
from reader.pipeline import Question
from reader.representations import Names

COLUMNS: Names = (
    ("reconciliation", "text"),
    ("table", "text"),
    ("description", "text"),
    ("compared", "integer"),
    ("differing", "integer"),
    ("is_reconciled", "boolean"),
    ("route", "text"),
)


@dataclass(frozen=True)
class Reconciliation:
    """One comparison: which rows of its table are compared, and which of those differ."""

    name: str
    table: str
    compared: str
    differs: str
    route: str


RECONCILIATIONS = (
    Reconciliation(
        "stripe_balance",
        "rec_stripe_balance",
        "stripe_minor is not null",
        "stripe_minor <> closing_minor",
        "/v1/revenue/balance",
    ),
    Reconciliation(
        "payouts", "rec_payouts", "true", "not is_reconciled", "/v1/reconciliations/payouts"
    ),
    Reconciliation(
        "invoices", "rec_invoices", "true", "not is_reconciled", "/v1/reconciliations/invoices"
    ),
    Reconciliation(
        "revenue_recognition",
        "rec_revenue_recognition",
        "true",
        "line_usd <> recognised_usd + deferred_usd + cleared_usd",
        "/v1/reconciliations/recognition",
    ),
)


def reconciliations_page(connection: Connection, question: Question) -> Page:
    """Return each reconciliation of the generation with how many rows differ."""
    tables = question.generation.tables
    rows: list[Row] = []
    for one in RECONCILIATIONS:
        [counted] = connection.fetch(
            f"select count(*) as compared, count(case when {one.differs} then 1 end) as differing "  # noqa: S608
            f"from {connection.table(one.table)} where {one.compared}"
        )
        rows.append(
            {
                "reconciliation": one.name,
                "table": one.table,
                "description": tables[one.table].description,
                **counted,
                "is_reconciled": not counted["differing"],
                "route": one.route,
            }
        )
    return Page(rows, COLUMNS)
