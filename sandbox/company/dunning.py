"""Payments of invoices that may fail, and what happens then.

The first payment of a subscription has 23 hours; a renewal is retried three times over two
weeks, and then the subscription is cancelled, becomes unpaid or stays past due, as
``Subscription.terminal`` says (the company changed that setting more than once).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sandbox.company.state import Customer, Invoice, Subscription
from sandbox.ledger import IncompleteExpired, PaymentAttemptFailed, SubscriptionUnpaid

if TYPE_CHECKING:
    from sandbox.company.company import Company

FIRST_PAYMENT_EXPIRES = timedelta(hours=23)
RETRIES = (timedelta(days=3), timedelta(days=5), timedelta(days=6))
#: A subscription left past due goes on being billed; each new invoice is tried this often.
_TRIES_WHEN_LEFT = 2


class Dunning:
    """Collects invoices."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._kernel = company.kernel
        self._invoices = company.invoices

    def first_payment(self, invoice: Invoice) -> None:
        """Charge the first invoice of an incomplete subscription, perhaps several times."""
        sub = invoice.subscription
        if sub is None or sub.status != "incomplete" or self._invoices.collect(invoice):
            return
        now, customer = self._kernel.now, invoice.customer
        expires = (sub.created_at or now) + FIRST_PAYMENT_EXPIRES
        if invoice.attempts == 1:
            self._kernel.schedule(expires, self._expire, sub, invoice)
        again = customer.declines_until
        self._failed(invoice, sub, opens_spell=False, again=None)
        if again and again < expires:
            self._kernel.schedule(again, self.first_payment, invoice)

    def _expire(self, sub: Subscription, invoice: Invoice) -> None:
        if sub.status != "incomplete":
            return
        sub.status = "incomplete_expired"
        sub.cycle += 1
        self._kernel.record(
            IncompleteExpired(at=self._kernel.now, subscription_id=sub.subscription_id)
        )
        self._invoices.void(invoice)

    def renewal_payment(self, invoice: Invoice) -> None:
        """Charge a renewal (or a retry of it)."""
        sub = invoice.subscription
        if sub is None or invoice.status != "open" or not sub.live or sub.status == "unpaid":
            return
        if self._invoices.collect(invoice):
            return
        if sub.status == "active" and invoice is not sub.newest:
            self._failed(invoice, sub, opens_spell=False, again=None)
            return
        opens = sub.status == "active"
        if opens:
            sub.status = "past_due"
            sub.failing_since = self._kernel.now
        if invoice not in sub.open_invoices:
            sub.open_invoices.append(invoice)
        tries = _TRIES_WHEN_LEFT if self._left_behind(sub, invoice) else len(RETRIES) + 1
        if invoice.attempts < tries:
            again = self._kernel.now + RETRIES[invoice.attempts - 1]
            self._failed(invoice, sub, opens_spell=opens, again=again)
            self._kernel.schedule(again, self.renewal_payment, invoice)
        else:
            self._failed(invoice, sub, opens_spell=opens, again=None)
            if not self._left_behind(sub, invoice):
                self._terminal(sub, invoice)

    def _left_behind(self, sub: Subscription, invoice: Invoice) -> bool:
        return bool(sub.open_invoices) and sub.open_invoices[0] is not invoice

    def _failed(
        self, invoice: Invoice, sub: Subscription, *, opens_spell: bool, again: datetime | None
    ) -> None:
        self._kernel.record(
            PaymentAttemptFailed(
                at=self._kernel.now,
                subscription_id=sub.subscription_id,
                invoice_id=invoice.bill.invoice_id,
                attempt=invoice.attempts,
                opens_spell=opens_spell,
                next_attempt_at=again,
            )
        )

    def _terminal(self, sub: Subscription, invoice: Invoice) -> None:
        if sub.terminal == "unpaid":
            sub.status = "unpaid"
            self._kernel.record(
                SubscriptionUnpaid(at=self._kernel.now, subscription_id=sub.subscription_id)
            )
        elif sub.terminal == "cancel":
            self._company.endings.end(sub, "payment_failed")
            if sub.customer.rng.random() < 0.5:
                self._invoices.give_up(invoice)

    def change_payment(self, invoice: Invoice) -> None:
        """Charge the difference of a change at once; such customers have a working card.

        Raises:
            RuntimeError: if the card declines, because nobody with a failing card may change.
        """
        if not self._invoices.collect(invoice):
            raise RuntimeError(f"{invoice.bill.invoice_id} of a change was declined")

    def await_transfer(self, invoice: Invoice) -> None:
        """Have the customer pay by bank transfer, one to three weeks after the invoice."""
        days = invoice.customer.rng.randint(7, 20)
        self._kernel.after(timedelta(days=days, hours=3), self._transfer, invoice)

    def _transfer(self, invoice: Invoice) -> None:
        if invoice.status == "open":
            self._invoices.paid_out_of_band(invoice)

    def card_fails(self, customer: Customer, until: datetime) -> None:
        """From now on the customer's card is declined; a new one works from ``until`` on."""
        customer.declines_until = until

    def new_card(self, customer: Customer) -> None:
        """Take a card that works, and charge everything open at once."""
        customer.declines_until = None
        for sub in customer.subscriptions:
            for invoice in list(sub.open_invoices):
                if sub.live and invoice.status == "open":
                    self._invoices.collect(invoice)
