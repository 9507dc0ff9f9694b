"""Invoices as they stand now, told from draft to payment, and their lines."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.ledger import (
    Bill,
    BillLine,
    ChargeSucceeded,
    CreditNoteIssued,
    Fact,
    InvoiceDrafted,
    InvoiceFinalised,
    InvoicePaid,
    InvoiceUncollectible,
    InvoiceVoided,
)
from sandbox.truth.calendar import in_seconds
from sandbox.truth.people import People

Row = dict[str, Any]


@dataclass(slots=True)
class Invoice:
    """An invoice: what it says, and what has been paid of it."""

    bill: Bill
    created_at: datetime
    status: str = "draft"
    finalised_at: datetime | None = None
    paid_at: datetime | None = None
    voided_at: datetime | None = None
    given_up_at: datetime | None = None
    due_minor: int = 0
    paid_minor: int = 0
    remaining_minor: int = 0
    out_of_band_minor: int = 0


def read_invoices(facts: Sequence[Fact]) -> dict[str, Invoice]:
    """Tell every invoice's story up to now."""
    invoices: dict[str, Invoice] = {}
    for fact in facts:
        match fact:
            case InvoiceDrafted(bill=bill):
                invoice = invoices[bill.invoice_id] = Invoice(bill, fact.at)
                invoice.due_minor = invoice.remaining_minor = bill.due_minor
            case InvoiceFinalised(bill=bill):
                invoice = invoices.setdefault(bill.invoice_id, Invoice(bill, fact.at))
                invoice.bill, invoice.status, invoice.finalised_at = bill, "open", fact.at
                invoice.due_minor = invoice.remaining_minor = bill.due_minor
            case InvoicePaid():
                _pay(invoices[fact.invoice_id], fact)
            case InvoiceVoided():
                invoice = invoices[fact.invoice_id]
                invoice.status, invoice.voided_at = "void", fact.at
            case InvoiceUncollectible():
                invoice = invoices[fact.invoice_id]
                invoice.status, invoice.given_up_at = "uncollectible", fact.at
            case CreditNoteIssued(refund_id=None):
                # Before payment a credit note lowers what is due; after it, money goes back.
                invoice = invoices[fact.invoice_id]
                invoice.due_minor -= fact.amount_minor
                invoice.remaining_minor -= fact.amount_minor
            case _:
                pass
    return invoices


def _pay(invoice: Invoice, fact: InvoicePaid) -> None:
    invoice.status, invoice.paid_at, invoice.remaining_minor = "paid", fact.at, 0
    invoice.paid_minor += fact.amount_minor
    if fact.out_of_band:
        invoice.out_of_band_minor += fact.amount_minor


def invoices(facts: Sequence[Fact], people: People) -> Iterator[Row]:
    """``fct_invoices``."""
    for invoice_id, invoice in read_invoices(facts).items():
        bill = invoice.bill
        yield {
            "invoice_id": invoice_id,
            "customer_key": people.key_of.get(bill.customer_id),
            "subscription_id": bill.subscription_id,
            "status": invoice.status,
            "created_at": in_seconds(invoice.created_at),
            "finalized_at": in_seconds(invoice.finalised_at),
            "paid_at": in_seconds(invoice.paid_at),
            "voided_at": in_seconds(invoice.voided_at),
            "marked_uncollectible_at": in_seconds(invoice.given_up_at),
            "currency": bill.currency,
            "subtotal_minor": bill.subtotal_minor,
            "discount_minor": bill.discount_minor,
            "tax_minor": bill.exclusive_tax_minor,
            "inclusive_tax_minor": bill.tax_minor - bill.exclusive_tax_minor,
            "total_minor": bill.total_minor,
            "amount_due_minor": invoice.due_minor,
            "amount_paid_minor": invoice.paid_minor,
            "amount_remaining_minor": invoice.remaining_minor,
            "paid_out_of_band_minor": invoice.out_of_band_minor,
        }


def reconciled_invoices(facts: Sequence[Fact], people: People) -> Iterator[Row]:
    """``rec_invoices``: what every invoice says, beside its lines and what was paid for it."""
    charged: dict[str | None, int] = defaultdict(int)
    for fact in facts:
        if isinstance(fact, ChargeSucceeded):
            charged[fact.invoice_id] += fact.amount_minor
    told = read_invoices(facts)
    for row in invoices(facts, people):
        lines = sum(line.amount_minor for line in told[row["invoice_id"]].bill.lines)
        came = charged[row["invoice_id"]] + row["paid_out_of_band_minor"]
        net = row["subtotal_minor"] - row["discount_minor"] + row["tax_minor"]
        gaps = {
            "total_gap_minor": row["total_minor"] - net,
            "lines_gap_minor": row["subtotal_minor"] - lines,
            "due_gap_minor": row["amount_due_minor"]
            - row["amount_paid_minor"]
            - row["amount_remaining_minor"],
            "cash_gap_minor": row["amount_paid_minor"] - came,
        }
        yield (
            row
            | gaps
            | {
                "lines_minor": lines,
                "charges_minor": charged[row["invoice_id"]],
                "is_reconciled": not any(gaps.values()),
            }
        )


def invoice_lines(facts: Sequence[Fact]) -> Iterator[Row]:
    """``fct_invoice_lines``."""
    for invoice_id, invoice in read_invoices(facts).items():
        for line in invoice.bill.lines:
            yield {"invoice_id": invoice_id, **_line(line)}


def _line(line: BillLine) -> Row:
    discount = sum(amount for _, amount in line.discounts)
    inclusive = line.tax_minor if line.tax_inclusive else 0
    return {
        "line_id": line.line_id,
        "line_class": line.kind,
        "subscription_id": line.subscription_id,
        "subscription_item_id": line.item_id,
        "plan_key": line.price_id,
        "period_started_at": in_seconds(line.period_start),
        "period_ends_at": in_seconds(line.period_end),
        "amount_minor": line.amount_minor,
        "discount_minor": discount,
        "tax_minor": line.tax_minor - inclusive,
        "inclusive_tax_minor": inclusive,
        "net_minor": line.amount_minor - discount - inclusive,
    }
