"""The life of subscriptions: start, trial, renewal, payment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from sandbox.company import bills
from sandbox.company.calendar import boundary
from sandbox.company.invoices import FINALISES_AFTER
from sandbox.company.state import Coupon, Customer, Invoice, Item, Price, Subscription
from sandbox.ledger import (
    BillLine,
    ItemChanged,
    ItemTerms,
    PeriodStarted,
    SubscriptionActivated,
    SubscriptionCreated,
    SubscriptionRecovered,
    TrialEnded,
)

if TYPE_CHECKING:
    from sandbox.company.company import Company

Terms = tuple[Price, int]


class Subscriptions:
    """Stripe Billing's subscriptions of this account."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._kernel = company.kernel
        self._invoices = company.invoices

    # -- start -----------------------------------------------------------------------------------

    def start(
        self,
        customer: Customer,
        terms: Sequence[Terms],
        *,
        trial: timedelta | None = None,
        coupons: Sequence[Coupon] = (),
        scripted: bool = False,
    ) -> Subscription:
        """Subscribe a customer now; the first invoice is charged some seconds later."""
        kernel = self._kernel
        now = kernel.now
        anchor = now + trial if trial else now
        sub = Subscription(
            subscription_id=kernel.stripe_id("sub"),
            customer=customer,
            status="trialing" if trial else "incomplete",
            items=[],
            anchor=anchor,
            trial_ends_at=anchor if trial else None,
            created_at=now,
            scripted=scripted,
        )
        first = terms[0][0]
        end = anchor if trial else boundary(now, str(first.interval), first.interval_count, 1)
        sub.items = [Item(kernel.stripe_id("si"), p, n, now, end) for p, n in terms]
        for coupon in coupons:
            sub.discounts.append(self._company.discounts.make(coupon))
        if not trial and (customer.pays_by_invoice or not self._first_due(sub)):
            sub.status = "active"
        self._record_created(sub)
        customer.subscriptions.append(sub)
        for discount in sub.discounts:
            self._company.discounts.record(discount, customer, sub)
        self._first_period(sub, trial=trial is not None)
        return sub

    def _record_created(self, sub: Subscription) -> None:
        customer = sub.customer
        self._kernel.record(
            SubscriptionCreated(
                at=self._kernel.now,
                subscription_id=sub.subscription_id,
                customer_id=customer.customer_id,
                currency=customer.currency,
                status=sub.status,
                items=tuple(
                    ItemTerms(item_id=i.item_id, price_id=i.price.price_id, quantity=i.quantity)
                    for i in sub.items
                ),
                trial_ends_at=sub.trial_ends_at,
                collection="send_invoice" if customer.pays_by_invoice else "charge_automatically",
            )
        )

    def _first_due(self, sub: Subscription) -> int:
        amount = sum(i.price.unit_amount_minor * i.quantity for i in sub.items)
        used = self._company.discounts.in_force(sub.customer, sub)
        return 0 if any(d.coupon.percent_off == 100 for d in used) else amount

    def _first_period(self, sub: Subscription, *, trial: bool) -> None:
        self._record_periods(sub)
        invoice = self._draft(sub, "subscription_create", trial=trial)
        invoice.trial = trial
        self._invoices.finalise(invoice)
        self._plan_renewal(sub)
        if invoice.status == "paid":
            return
        if sub.customer.pays_by_invoice:
            self._company.dunning.await_transfer(invoice)
        else:
            delay = timedelta(seconds=sub.customer.rng.randint(1, 7))
            self._kernel.after(delay, self._company.dunning.first_payment, invoice)

    # -- periods ---------------------------------------------------------------------------------

    def _plan_renewal(self, sub: Subscription) -> None:
        sub.cycle += 1
        self._kernel.schedule(sub.item.period_end, self._renew, sub, sub.cycle)

    def _renew(self, sub: Subscription, cycle: int) -> None:
        if cycle != sub.cycle or not sub.live:
            return
        if sub.cancels_at_end:
            self._company.endings.end(sub, "request")
            return
        if sub.status == "trialing":
            sub.status = "active"
            self._kernel.record(
                TrialEnded(at=self._kernel.now, subscription_id=sub.subscription_id)
            )
        if sub.next_terms:
            self._apply_next_terms(sub)
        self._next_period(sub)
        self._record_periods(sub)
        invoice = self._draft(sub, "subscription_cycle")
        if sub.status != "unpaid":
            sub.draft = invoice
            self._kernel.after(FINALISES_AFTER, self._finalise, sub, invoice)
        self._plan_renewal(sub)
        self._company.behaviour.renewed(sub)

    def _apply_next_terms(self, sub: Subscription) -> None:
        item, price, quantity = sub.next_terms or (sub.item, sub.item.price, sub.item.quantity)
        sub.next_terms = None
        if price.interval != item.price.interval or price.interval_count != (
            item.price.interval_count
        ):
            sub.anchor, sub.period = self._kernel.now, 0
        self.change_terms(sub, item, price, quantity, prorated=False)

    def change_terms(
        self, sub: Subscription, item: Item, price: Price, quantity: int, *, prorated: bool
    ) -> None:
        """Record that an item has other terms from now on."""
        self._kernel.record(
            ItemChanged(
                at=self._kernel.now,
                subscription_id=sub.subscription_id,
                item_id=item.item_id,
                old_price_id=item.price.price_id,
                old_quantity=item.quantity,
                price_id=price.price_id,
                quantity=quantity,
                prorated=prorated,
            )
        )
        item.price, item.quantity = price, quantity

    def _next_period(self, sub: Subscription) -> None:
        sub.period += 1
        price = sub.item.price
        start = self._kernel.now
        end = boundary(sub.anchor, str(price.interval), price.interval_count, sub.period)
        if end <= start:
            sub.period += 1
            end = boundary(sub.anchor, str(price.interval), price.interval_count, sub.period)
        for item in sub.items:
            item.period_start, item.period_end, item.billed = start, end, []

    def restart_cycle(self, sub: Subscription) -> None:
        """Begin a new billing cycle now (the interval of the plan changed)."""
        sub.anchor, sub.period = self._kernel.now, 0
        self._next_period(sub)
        self._record_periods(sub)
        self._plan_renewal(sub)

    def _record_periods(self, sub: Subscription) -> None:
        for item in sub.items:
            self.record_period(sub, item)

    def record_period(self, sub: Subscription, item: Item) -> None:
        """Record that an item's running period began."""
        self._kernel.record(
            PeriodStarted(
                at=self._kernel.now,
                subscription_id=sub.subscription_id,
                item_id=item.item_id,
                start=item.period_start,
                end=item.period_end,
            )
        )

    def _draft(self, sub: Subscription, reason: str, *, trial: bool = False) -> Invoice:
        lines = [self.regular_line(sub, item, trial=trial) for item in sub.items]
        period = (sub.item.period_start, sub.item.period_end)
        invoice = self._invoices.draft(sub.customer, sub, lines, reason, period)
        self.note_billed(sub, invoice)
        sub.invoices.append(invoice)
        return invoice

    def note_billed(self, sub: Subscription, invoice: Invoice) -> None:
        """Remember which lines paid for the running periods (a later credit names them)."""
        for item in sub.items:
            item.billed = [
                (invoice.bill.invoice_id, ln.line_id)
                for ln in invoice.bill.lines
                if ln.item_id == item.item_id and ln.amount_minor > 0
            ] or item.billed

    def regular_line(self, sub: Subscription, item: Item, *, trial: bool = False) -> BillLine:
        """Return the line that bills an item's running period."""
        amount = 0 if trial else item.price.unit_amount_minor * item.quantity
        said = bills.describe(item.price, item.quantity)
        text = f"Trial period for {item.price.name}" if trial else said
        ln = bills.line(
            self._kernel.stripe_id("il"),
            "subscription",
            item.price,
            item.quantity,
            amount,
            (item.period_start, item.period_end),
            text,
        )
        return bills.of_item(ln, sub, item)

    def _finalise(self, sub: Subscription, invoice: Invoice) -> None:
        sub.draft = None
        if not sub.live:
            return
        if sub.paused:
            self._invoices.withdraw(invoice)
            return
        self._invoices.finalise(invoice)
        if invoice.status == "paid":
            return
        if sub.customer.pays_by_invoice:
            self._company.dunning.await_transfer(invoice)
        else:
            delay = timedelta(seconds=sub.customer.rng.randint(1, 40))
            self._kernel.after(delay, self._company.dunning.renewal_payment, invoice)

    # -- payment ---------------------------------------------------------------------------------

    def invoice_paid(self, invoice: Invoice) -> None:
        """Do what a paid invoice means for its subscription."""
        sub = invoice.subscription
        if sub is None or not sub.live:
            return
        if invoice in sub.open_invoices:
            sub.open_invoices.remove(invoice)
        if not sub.activated and not invoice.trial:
            sub.activated = True
            if sub.status == "incomplete":
                sub.status = "active"
            self._kernel.record(
                SubscriptionActivated(at=self._kernel.now, subscription_id=sub.subscription_id)
            )
            self._company.behaviour.activated(sub)
        if sub.status in {"past_due", "unpaid"} and invoice is sub.newest:
            sub.open_invoices = []
            sub.status = "active"
            sub.failing_since = None
            self._kernel.record(
                SubscriptionRecovered(at=self._kernel.now, subscription_id=sub.subscription_id)
            )
        if not invoice.trial:
            self._company.credits.grant_plan(sub, invoice)
