"""Changes of running subscriptions: other plan, other quantity, another item, with proration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sandbox.company import bills
from sandbox.company.state import Item, Price, Subscription
from sandbox.ledger import BillLine, ItemAdded, ItemRemoved, ItemTerms

if TYPE_CHECKING:
    from sandbox.company.company import Company


class Changes:
    """What customers change between renewals, and how the difference is billed.

    ``bill_now`` invoices the difference at once (Stripe's ``always_invoice``); otherwise it is
    put aside for the next invoice (``create_prorations``).
    """

    def __init__(self, company: Company) -> None:
        self._company = company
        self._kernel = company.kernel
        self._invoices = company.invoices

    def change(
        self, sub: Subscription, item: Item, price: Price, quantity: int, *, bill_now: bool
    ) -> None:
        """Other terms of an item from now on."""
        credit = self._credit(sub, item)
        resets = (price.interval, price.interval_count) != (
            item.price.interval,
            item.price.interval_count,
        )
        subs = self._company.subscriptions
        subs.change_terms(sub, item, price, quantity, prorated=True)
        if resets:
            subs.restart_cycle(sub)
            self._bill(sub, credit, [subs.regular_line(sub, item)], bill_now=True)
        else:
            self._bill(sub, [*credit, *self._debit(sub, item)], [], bill_now=bill_now)

    def next_period(self, sub: Subscription, item: Item, price: Price, quantity: int) -> None:
        """Other terms from the next period on, without proration."""
        sub.next_terms = (item, price, quantity)

    def add(self, sub: Subscription, price: Price, quantity: int, *, bill_now: bool) -> Item:
        """Add an item from now on."""
        old = sub.item
        item = Item(self._kernel.stripe_id("si"), price, quantity, old.period_start, old.period_end)
        self._record_added(sub, item)
        self._bill(sub, self._debit(sub, item), [], bill_now=bill_now)
        return item

    def remove(self, sub: Subscription, item: Item, *, bill_now: bool) -> None:
        """End an item now."""
        credit = self._credit(sub, item)
        self._record_removed(sub, item)
        self._bill(sub, credit, [], bill_now=bill_now)

    def swap(self, sub: Subscription, item: Item, price: Price, quantity: int) -> Item:
        """Delete an item and create another in one call, as Stripe's Dashboard does."""
        credit = self._credit(sub, item)
        new = Item(
            self._kernel.stripe_id("si"), price, quantity, item.period_start, item.period_end
        )
        self._record_removed(sub, item)
        self._record_added(sub, new)
        self._bill(sub, [*credit, *self._debit(sub, new)], [], bill_now=True)
        return new

    def _record_added(self, sub: Subscription, item: Item) -> None:
        sub.items.append(item)
        terms = ItemTerms(
            item_id=item.item_id, price_id=item.price.price_id, quantity=item.quantity
        )
        self._kernel.record(
            ItemAdded(at=self._kernel.now, subscription_id=sub.subscription_id, item=terms)
        )
        self._company.subscriptions.record_period(sub, item)

    def _record_removed(self, sub: Subscription, item: Item) -> None:
        sub.items.remove(item)
        self._kernel.record(
            ItemRemoved(
                at=self._kernel.now, subscription_id=sub.subscription_id, item_id=item.item_id
            )
        )

    def _credit(self, sub: Subscription, item: Item) -> list[BillLine]:
        ln = self._proration(sub, item, "proration_credit", "Unused time on")
        return [replace(ln, amount_minor=-ln.amount_minor, credited=tuple(item.billed))]

    def _debit(self, sub: Subscription, item: Item) -> list[BillLine]:
        return [self._proration(sub, item, "proration_charge", "Remaining time on")]

    def _proration(self, sub: Subscription, item: Item, kind: str, words: str) -> BillLine:
        now = self._kernel.now
        used = self._company.discounts.in_force(sub.customer, sub)
        amount = bills.prorated(item, item.price, item.quantity, now, used)
        many = f"{item.quantity} x " if item.quantity != 1 else ""
        ln = bills.line(
            self._kernel.stripe_id("il"),
            kind,
            item.price,
            item.quantity,
            amount,
            (now, item.period_end),
            f"{words} {many}{item.price.name} after {now:%d %b %Y}",
        )
        return bills.of_item(ln, sub, item)

    def _bill(
        self,
        sub: Subscription,
        prorations: Sequence[BillLine],
        regular: Sequence[BillLine],
        *,
        bill_now: bool,
    ) -> None:
        for ln in prorations:
            self._invoices.put_aside(sub.customer, ln)
        if not bill_now:
            return
        invoice = self._invoices.draft(sub.customer, sub, regular, "subscription_update")
        self._company.subscriptions.note_billed(sub, invoice)
        sub.invoices.append(invoice)
        self._invoices.finalise(invoice)
        if invoice.status == "open":
            self._company.dunning.change_payment(invoice)
