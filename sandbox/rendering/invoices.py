"""Invoices, their lines and payments, and invoice items."""

from sandbox.ledger import (
    Bill,
    BillLine,
    InvoiceDrafted,
    InvoiceFinalised,
    InvoiceItemAdded,
    InvoicePaid,
    InvoiceUncollectible,
    InvoiceVoided,
)
from sandbox.rendering.desk import Desk, epoch
from sandbox.rendering.lines import (
    invoice_discounts,
    invoice_item,
    invoice_line,
    invoice_taxes,
    listed,
)
from sandbox.rendering.shapes import Json
from sandbox.rendering.shapes.billing import (
    CUSTOMER_BALANCE_TRANSACTION,
    INVOICE,
    INVOICE_PAYMENT,
)
from sandbox.rendering.shapes.payments import PAYMENT_INTENT

_PAGES = "https://invoice.stripe.example/i"


class InvoiceRenderer:
    """What is billed."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def item_added(self, fact: InvoiceItemAdded) -> None:
        """Show an invoice item that waits for an invoice."""
        product = self._product(fact.line)
        self._desk.create(invoice_item(fact, product))

    def drafted(self, fact: InvoiceDrafted) -> None:
        """Show a draft; it takes the waiting invoice items in."""
        bill, now = fact.bill, epoch(fact.at)
        customer = self._desk.get("customer", bill.customer_id)
        metadata: Json = {}
        collection = "charge_automatically"
        if bill.subscription_id:
            sub = self._desk.get("subscription", bill.subscription_id)
            metadata, collection = sub["metadata"], sub["collection_method"]
        lines = [invoice_line(bill, ln, self._product(ln)) for ln in bill.lines]
        self._desk.create(
            {
                **INVOICE,
                "id": bill.invoice_id,
                "automatically_finalizes_at": now + 3600,
                "billing_reason": bill.reason,
                "collection_method": collection,
                "created": now,
                "currency": bill.currency,
                "customer": bill.customer_id,
                "customer_address": customer["address"],
                "customer_email": customer["email"],
                "customer_name": customer["name"],
                "lines": listed(f"/v1/invoices/{bill.invoice_id}/lines", lines),
                "parent": _parent(bill, metadata),
                "period_end": epoch(bill.period_end),
                "period_start": epoch(bill.period_start),
                **self._amounts(bill),
            }
        )
        for ln in bill.lines:
            if ln.invoice_item_id:
                self._desk.quietly("invoiceitem", ln.invoice_item_id, invoice=bill.invoice_id)
        if bill.subscription_id:
            self._desk.change("subscription", bill.subscription_id, latest_invoice=bill.invoice_id)

    def _amounts(self, bill: Bill) -> Json:
        inclusive = bill.tax_minor - bill.exclusive_tax_minor
        return {
            "amount_due": bill.due_minor,
            "amount_remaining": bill.due_minor,
            "discounts": invoice_discounts(bill),
            "starting_balance": bill.starting_balance_minor,
            "subtotal": bill.subtotal_minor,
            "subtotal_excluding_tax": bill.subtotal_minor - inclusive,
            "total": bill.total_minor,
            "total_discount_amounts": [
                {
                    "amount": sum(a for ln in bill.lines for d, a in ln.discounts if d == one),
                    "discount": one,
                }
                for one in invoice_discounts(bill)
            ],
            "total_excluding_tax": bill.total_minor - bill.tax_minor,
            "total_taxes": invoice_taxes(bill),
        }

    def _product(self, ln: BillLine) -> str | None:
        if ln.price_id is None:
            return None
        product: str = self._desk.get("price", ln.price_id)["product"]
        return product

    def finalised(self, fact: InvoiceFinalised) -> None:
        """Show it final: a number, a page, and a payment intent if there is something to pay."""
        bill, now = fact.bill, epoch(fact.at)
        old = self._desk.get("invoice", bill.invoice_id)
        self._desk.change(
            "invoice",
            bill.invoice_id,
            "invoice.finalized",
            **self._amounts(bill),
            automatically_finalizes_at=None,
            due_date=epoch(fact.due_at) if fact.due_at else None,
            effective_at=now,
            ending_balance=bill.ending_balance_minor,
            hosted_invoice_url=f"{_PAGES}/{bill.invoice_id}",
            invoice_pdf=f"{_PAGES}/{bill.invoice_id}/pdf",
            number=bill.number,
            status="open",
            status_transitions={**old["status_transitions"], "finalized_at": now},
            webhooks_delivered_at=old["created"] + 1,
        )
        if bill.starting_balance_minor != bill.ending_balance_minor:
            self._desk.change("customer", bill.customer_id, balance=bill.ending_balance_minor)
            self._desk.put(_balance_transaction(bill, now))
        if bill.payment_intent_id:
            self._expect_payment(bill, bill.payment_intent_id, now)

    def _expect_payment(self, bill: Bill, intent_id: str, now: int) -> None:
        customer = self._desk.get("customer", bill.customer_id)
        self._desk.create(
            {
                **PAYMENT_INTENT,
                "id": intent_id,
                "amount": bill.due_minor,
                "client_secret": f"{intent_id}_secret_sandbox",
                "created": now,
                "currency": bill.currency,
                "customer": bill.customer_id,
                "description": "Subscription update" if bill.subscription_id else "Invoice",
                "payment_method": customer["invoice_settings"]["default_payment_method"],
                "setup_future_usage": "off_session" if bill.subscription_id else None,
            }
        )
        self._desk.put(
            {
                **INVOICE_PAYMENT,
                "id": payment_id(bill.invoice_id),
                "amount_requested": bill.due_minor,
                "created": now,
                "currency": bill.currency,
                "invoice": bill.invoice_id,
                "payment": {
                    "charge": None,
                    "payment_intent": intent_id,
                    "payment_record": None,
                    "type": "payment_intent",
                },
            }
        )

    def paid(self, fact: InvoicePaid) -> None:
        """Paid by card, by transfer past Stripe, or nothing was due."""
        now = epoch(fact.at)
        old = self._desk.get("invoice", fact.invoice_id)
        self._desk.change(
            "invoice",
            fact.invoice_id,
            "invoice.paid",
            "invoice.payment_succeeded",
            amount_paid=old["amount_paid"] + fact.amount_minor,
            amount_paid_off_stripe=fact.amount_minor if fact.out_of_band else 0,
            amount_remaining=0,
            attempt_count=old["attempt_count"] + (1 if fact.charge_id else 0),
            attempted=True,
            auto_advance=False,
            next_payment_attempt=None,
            status="paid",
            status_transitions={**old["status_transitions"], "paid_at": now},
        )
        if fact.charge_id:
            self._desk.change(
                "invoice_payment",
                payment_id(fact.invoice_id),
                "invoice_payment.paid",
                amount_paid=fact.amount_minor,
                status="paid",
                status_transitions={"canceled_at": None, "paid_at": now},
            )
        elif fact.out_of_band:
            self._cancel_payment(fact.invoice_id, now)

    def voided(self, fact: InvoiceVoided) -> None:
        """Void: nothing is expected any more."""
        now = epoch(fact.at)
        old = self._desk.get("invoice", fact.invoice_id)
        self._desk.change(
            "invoice",
            fact.invoice_id,
            "invoice.voided",
            auto_advance=False,
            next_payment_attempt=None,
            status="void",
            status_transitions={**old["status_transitions"], "voided_at": now},
        )
        if old["amount_due"]:
            self._cancel_payment(fact.invoice_id, now)

    def _cancel_payment(self, invoice_id: str, now: int) -> None:
        payment = self._desk.get("invoice_payment", payment_id(invoice_id))
        self._desk.quietly(
            "invoice_payment",
            payment["id"],
            status="canceled",
            status_transitions={"canceled_at": now, "paid_at": None},
        )
        self._desk.change(
            "payment_intent",
            payment["payment"]["payment_intent"],
            "payment_intent.canceled",
            canceled_at=now,
            cancellation_reason="void_invoice",
            status="canceled",
        )

    def uncollectible(self, fact: InvoiceUncollectible) -> None:
        """Given up, though it could still be paid."""
        old = self._desk.get("invoice", fact.invoice_id)
        self._desk.change(
            "invoice",
            fact.invoice_id,
            "invoice.marked_uncollectible",
            auto_advance=False,
            status="uncollectible",
            status_details={"uncollectible": {"reason": "max_payment_attempts"}},
            status_transitions={
                **old["status_transitions"],
                "marked_uncollectible_at": epoch(fact.at),
            },
        )


def payment_id(invoice_id: str) -> str:
    """Return the id of an invoice's default payment."""
    return f"inpay_{invoice_id[3:]}"


def _parent(bill: Bill, metadata: Json) -> Json | None:
    if bill.subscription_id is None:
        return None
    prorations = [ln for ln in bill.lines if ln.kind.startswith("proration")]
    at = epoch(prorations[-1].period_start) if bill.reason == "subscription_update" else None
    return {
        "quote_details": None,
        "subscription_details": {
            "metadata": metadata,
            "subscription": bill.subscription_id,
            "subscription_proration_date": at if prorations else None,
        },
        "type": "subscription_details",
    }


def _balance_transaction(bill: Bill, now: int) -> Json:
    """Return what moves the customer's credit: used up by an invoice, or made by a negative one."""
    amount = bill.ending_balance_minor - bill.starting_balance_minor
    return {
        **CUSTOMER_BALANCE_TRANSACTION,
        "id": f"cbtxn_{bill.invoice_id[3:]}",
        "amount": amount,
        "created": now,
        "currency": bill.currency,
        "customer": bill.customer_id,
        "ending_balance": bill.ending_balance_minor,
        "invoice": bill.invoice_id,
        "type": "applied_to_invoice" if amount > 0 else "invoice_too_small",
    }
