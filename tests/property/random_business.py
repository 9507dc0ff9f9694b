"""A small random business, on a virtual clock, of at most two hundred objects."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from random_payments import Payments

_MOST_OBJECTS: Final = 200
_BURST: Final = 250


class Business(Payments):
    """Does one thing after the other, whatever comes up."""

    def begin(self) -> None:
        """Do the first things, so that there is something to read."""
        for act in (self.new_product, self.new_price, self.new_coupon, self.new_subscription):
            act()
        self.act(self.rng.randint(5, 25))

    def pass_time(self, seconds: float, acts: int) -> None:
        """Let time pass and do so many things meanwhile, some of them within one second."""
        until = self.clock.at + timedelta(seconds=int(seconds))
        for left in range(acts, 0, -1):
            if self.chance(0.6):
                # What was done may have taken more time than there was, and no clock goes back.
                rest = max(0.0, (until - self.clock.at).total_seconds())
                self.clock.advance(int(rest / left))
            self.settle()
            self.act()
        self.clock.at = max(self.clock.at, until)
        self.settle()

    def act(self, times: int = 1) -> None:
        """Do something; once there is enough, change what there is rather than add to it."""
        for _ in range(times):
            full = self.store_size() >= _MOST_OBJECTS
            self.rng.choice(self._changes() if full else self._everything())()

    def store_size(self) -> int:
        """Return how many objects there are, events aside."""
        return self._made - len(self.gone)

    def burst(self) -> None:
        """Make more objects in one second than two pages hold, most without an event."""
        for number in range(_BURST):
            told = "customer.created" if number % 50 == 0 else None
            if self.chance(0.5):
                self.open_session()
            elif told:
                self.create("customer", self.new_id("cus"), told, balance=0, discount=None)
            else:
                self.book(self.new_id("ch"), 5, "charge")

    def _everything(self) -> list[Callable[[], object]]:
        return [
            *self._changes(),
            self.new_customer,
            self.new_customer,
            self.credit_customer,
            self.new_product,
            self.new_price,
            self.new_coupon,
            self.new_subscription,
            self.new_subscription,
            self.new_invoice_item,
            self.new_invoice,
            self.new_invoice,
            self.finalize_invoice,
            self.pay,
            self.refund,
            self.dispute,
            self.pay_out,
            self.open_session,
            self.new_credit_note,
        ]

    def _changes(self) -> list[Callable[[], object]]:
        return [
            self.change_customer,
            self.discount_customer,
            self.delete_customer,
            self.change_product,
            self.delete_product,
            self.change_price,
            self.delete_price,
            self.change_coupon,
            self.delete_coupon,
            self.replace_coupon,
            self.change_subscription,
            self.change_subscription,
            self.cancel_subscription,
            self.change_invoice,
            self.delete_invoice,
            self.delete_invoice_item,
            self.announce_invoice,
            self.finalize_invoice,
            self.pay_invoice,
            self.void_invoice,
            self.void_credit_note,
            self.retry_payment,
            self.fail_refund,
            self.close_dispute,
            self.end_payout,
            self.complete_payout,
            self.end_session,
        ]
