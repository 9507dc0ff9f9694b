"""Coupons at work on subscriptions and customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sandbox.company.calendar import boundary
from sandbox.company.state import Coupon, Customer, Discount, Subscription
from sandbox.ledger import BillLine, DiscountApplied, DiscountEnded

if TYPE_CHECKING:
    from sandbox.company.company import Company


class Discounts:
    """Who pays less, and until when."""

    def __init__(self, company: Company) -> None:
        self._kernel = company.kernel

    def in_force(self, customer: Customer, sub: Subscription | None) -> list[Discount]:
        """Return what is in force now: the subscription's own, else the customer's."""
        own = sub.discounts if sub and sub.discounts else customer.discounts
        return [d for d in own if d.in_force(self._kernel.now)]

    def give(self, coupon: Coupon, customer: Customer, sub: Subscription | None = None) -> Discount:
        """Apply a coupon to a running subscription, or to all of a customer's."""
        discount = self.make(coupon)
        (sub.discounts if sub else customer.discounts).append(discount)
        self.record(discount, customer, sub)
        return discount

    def make(self, coupon: Coupon) -> Discount:
        """Return a discount that begins now, not yet given to anybody."""
        now = self._kernel.now
        months = coupon.duration_months
        return Discount(
            self._kernel.stripe_id("di"),
            coupon,
            now,
            boundary(now, "month", 1, months) if months else None,
        )

    def record(self, discount: Discount, customer: Customer, sub: Subscription | None) -> None:
        """Record that a discount was given, and plan its end."""
        self._kernel.record(
            DiscountApplied(
                at=self._kernel.now,
                discount_id=discount.discount_id,
                coupon_id=discount.coupon.coupon_id,
                customer_id=customer.customer_id,
                subscription_id=sub.subscription_id if sub else None,
                starts_at=discount.starts_at,
                ends_at=discount.ends_at,
                promotion_code_id=discount.coupon.promotion_code_id,
            )
        )
        if discount.ends_at:
            self._kernel.schedule(discount.ends_at, self._end, discount, customer, sub)

    def _end(self, discount: Discount, customer: Customer, sub: Subscription | None) -> None:
        if not customer.deleted and (sub is None or sub.live):
            self._kernel.record(
                DiscountEnded(at=self._kernel.now, discount_id=discount.discount_id)
            )

    def spend(self, used: Sequence[Discount], lines: Sequence[BillLine]) -> None:
        """Use up a ``once`` discount with the first bill it lowers."""
        given = {discount_id for ln in lines for discount_id, _ in ln.discounts}
        for discount in used:
            if discount.coupon.duration == "once" and discount.discount_id in given:
                discount.spent = True
                self._kernel.record(
                    DiscountEnded(at=self._kernel.now, discount_id=discount.discount_id)
                )
