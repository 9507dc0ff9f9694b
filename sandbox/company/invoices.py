"""Invoices on their way: drafted, finalised an hour later, paid, voided or given up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sandbox.company import bills
from sandbox.company.state import Charge, Customer, Invoice, Subscription
from sandbox.ledger import (
    Bill,
    BillLine,
    CreditNoteIssued,
    InvoiceDrafted,
    InvoiceFinalised,
    InvoiceItemAdded,
    InvoicePaid,
    InvoiceUncollectible,
    InvoiceVoided,
)

if TYPE_CHECKING:
    from sandbox.company.company import Company

FINALISES_AFTER = timedelta(hours=1)
DUE_AFTER = timedelta(days=30)


class Invoices:
    """Stripe Billing's invoices of this account."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._kernel = company.kernel
        self._numbers = 0

    def draft(
        self,
        customer: Customer,
        sub: Subscription | None,
        lines: Sequence[BillLine],
        reason: str,
        period: tuple[datetime, datetime] | None = None,
    ) -> Invoice:
        """Write an invoice with these lines and what was put aside for the customer."""
        kernel = self._kernel
        everything = [bills.taxed(ln, customer) for ln in self._take_pending(customer, sub)]
        used = self._company.discounts.in_force(customer, sub)
        everything += [bills.taxed(ln, customer) for ln in bills.discounted(lines, used)]
        self._numbers += 1
        bill = bills.total(
            kernel.stripe_id("in"),
            f"TAKE-{self._numbers:06d}",
            customer,
            sub.subscription_id if sub else None,
            reason,
            everything,
            period or (kernel.now, kernel.now),
        )
        kernel.record(InvoiceDrafted(at=kernel.now, bill=bill))
        self._company.discounts.spend(used, everything)
        return Invoice(bill, customer, sub)

    def _take_pending(self, customer: Customer, sub: Subscription | None) -> list[BillLine]:
        """Take what was put aside for this subscription, or for none."""
        owner = sub.subscription_id if sub else None
        taken = [ln for ln in customer.pending if ln.subscription_id == owner]
        customer.pending = [ln for ln in customer.pending if ln.subscription_id != owner]
        return taken

    def finalise(self, invoice: Invoice) -> None:
        """Make it final and set the customer's balance; what comes to nothing is paid at once."""
        customer = invoice.customer
        bill = self._open(invoice, bills.with_balance(invoice.bill, customer.balance_minor))
        customer.balance_minor = bill.ending_balance_minor
        if not bill.due_minor:
            self._paid(invoice, None)

    def withdraw(self, invoice: Invoice) -> None:
        """Void it as soon as it is final: of what is paused nothing is taken, from no balance."""
        self._open(invoice, bills.with_balance(invoice.bill, 0))
        self.void(invoice)

    def _open(self, invoice: Invoice, bill: Bill) -> Bill:
        kernel = self._kernel
        if bill.due_minor:
            bill = replace(bill, payment_intent_id=kernel.stripe_id("pi"))
        invoice.bill, invoice.status = bill, "open"
        invoice.remaining_minor = bill.due_minor
        due = kernel.now + DUE_AFTER if invoice.customer.pays_by_invoice else None
        kernel.record(InvoiceFinalised(at=kernel.now, bill=bill, due_at=due))
        return bill

    def collect(self, invoice: Invoice) -> Charge | None:
        """Charge the customer's card for what is open. None if it was declined."""
        bill = invoice.bill
        if bill.payment_intent_id is None:
            raise ValueError(f"{bill.invoice_id} has nothing to pay")
        invoice.attempts += 1
        charge = self._company.payments.charge(
            invoice.customer,
            invoice.remaining_minor,
            bill.payment_intent_id,
            currency=bill.currency,
            country=invoice.customer.country,
            invoice=invoice,
        )
        if charge:
            invoice.charges.append(charge)
            self._paid(invoice, charge)
        return charge

    def paid_out_of_band(self, invoice: Invoice) -> None:
        """Note that the money came by bank transfer, past Stripe."""
        self._kernel.record(
            InvoicePaid(
                at=self._kernel.now,
                invoice_id=invoice.bill.invoice_id,
                amount_minor=invoice.remaining_minor,
                charge_id=None,
                out_of_band=True,
            )
        )
        invoice.status, invoice.remaining_minor = "paid", 0
        self._company.subscriptions.invoice_paid(invoice)

    def _paid(self, invoice: Invoice, charge: Charge | None) -> None:
        self._kernel.record(
            InvoicePaid(
                at=self._kernel.now,
                invoice_id=invoice.bill.invoice_id,
                amount_minor=invoice.remaining_minor,
                charge_id=charge.charge_id if charge else None,
                out_of_band=False,
            )
        )
        invoice.status, invoice.remaining_minor = "paid", 0
        if invoice.subscription:
            self._company.subscriptions.invoice_paid(invoice)

    def void(self, invoice: Invoice) -> None:
        """Take a final invoice back as if it never was."""
        invoice.status = "void"
        self._kernel.record(InvoiceVoided(at=self._kernel.now, invoice_id=invoice.bill.invoice_id))

    def give_up(self, invoice: Invoice) -> None:
        """Mark a final invoice as uncollectible."""
        invoice.status = "uncollectible"
        self._kernel.record(
            InvoiceUncollectible(at=self._kernel.now, invoice_id=invoice.bill.invoice_id)
        )

    def put_aside(
        self, customer: Customer, ln: BillLine, invoice_id: str | None = None
    ) -> BillLine:
        """Add an invoice item, for the customer's next invoice or for one of now."""
        ln = replace(ln, invoice_item_id=self._kernel.stripe_id("ii"))
        self._kernel.record(
            InvoiceItemAdded(
                at=self._kernel.now,
                line=bills.taxed(ln, customer),
                customer_id=customer.customer_id,
                currency=customer.currency,
                invoice_id=invoice_id,
            )
        )
        customer.pending.append(ln)
        return ln

    def credit_note(self, invoice: Invoice, amount_minor: int, *, refund: bool) -> None:
        """Take back part of an invoice: with a refund if it was paid, else from what is due."""
        kernel, bill = self._kernel, invoice.bill
        first = max(bill.lines, key=lambda ln: ln.amount_minor)
        tax = first.tax_minor * amount_minor // max(1, bill.total_minor)
        refund_id = None
        if refund:
            refund_id = self._company.payments.refund(invoice.charges[0], amount_minor)
        else:
            invoice.remaining_minor -= amount_minor
        kernel.record(
            CreditNoteIssued(
                at=kernel.now,
                credit_note_id=kernel.stripe_id("cn"),
                invoice_id=bill.invoice_id,
                amount_minor=amount_minor,
                tax_minor=tax,
                line_amounts=((first.line_id, amount_minor),),
                refund_id=refund_id,
                reason="order_change",
            )
        )
