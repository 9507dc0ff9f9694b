"""What ordinary users do: look around, subscribe, make videos, change their minds, leave."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sandbox.company.calendar import midnight
from sandbox.company.state import Coupon, Price, Subscription, User

if TYPE_CHECKING:
    from sandbox.company.company import Company

TIERS = ("starter", "pro", "studio")
_FEEDBACK = ("too_expensive", "unused", "missing_features", "switched_service", "other", None)
_NEVER = timedelta(days=36500)


class Behaviour:
    """Chance, customer by customer: each user's own random source decides for that user."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._kernel = company.kernel

    # -- users -----------------------------------------------------------------------------------

    def arrive(self, user: User) -> None:
        """Let a new user look around and perhaps buy."""
        rng, kernel = user.rng, self._kernel
        self._company.visitors.welcome(user)
        roll = rng.random()
        if roll < 0.46:
            delay = timedelta(days=rng.expovariate(1 / 5))
            kernel.schedule(self.office_hours(user, delay), self.subscribe, user)
        elif roll < 0.56:
            kernel.after(timedelta(days=rng.expovariate(1 / 9)), self._company.shop.buy_pack, user)

    def office_hours(self, user: User, delay: timedelta) -> datetime:
        """Return an instant after the delay that suits subscriptions.

        At its time of day a renewal's invoice, final an hour later, is still of that day.
        """
        day = midnight(self._kernel.now + delay) + timedelta(days=1)
        return day + timedelta(seconds=user.rng.randint(0, 80_000))

    # -- subscribing -----------------------------------------------------------------------------

    def subscribe(self, user: User) -> None:
        """Choose a plan, perhaps with a trial or a coupon, and perhaps with a card that fails."""
        if user.gone or any(s.live for c in user.customers for s in c.subscriptions):
            return
        rng, company = user.rng, self._company
        customer = user.customer or company.shop.customer(user)
        if customer.deleted:
            return
        price = self._plan(user, customer.currency)
        monthly = price.interval == "month" and price.interval_count == 1
        trial = None
        coupons: list[Coupon] = []
        if monthly and rng.random() < 0.22:
            trial = timedelta(days=rng.choice((7, 14)))
        elif rng.random() < 0.14 and not customer.discounts:
            keys = ["welcome", "launch", "edu"]
            coupons = [
                company.coupon(
                    rng.choice([*keys, "five_off"] if customer.currency == "usd" else keys)
                )
            ]
        customer.declines_until = None
        if rng.random() < 0.05 and not trial:
            back = timedelta(minutes=20) if rng.random() < 0.6 else timedelta(days=30)
            customer.declines_until = self._kernel.now + back
        sub = company.subscriptions.start(customer, [(price, 1)], trial=trial, coupons=coupons)
        if trial and rng.random() < 0.28:
            gone = timedelta(days=rng.uniform(0.5, 6))
            self._kernel.after(gone, self._cancel_trial, sub)

    def _plan(self, user: User, currency: str) -> Price:
        rng = user.rng
        if currency == "usd" and rng.random() < 0.07:
            return self._company.price(rng.choice(("sprint_week_usd", "pro_quarter_usd")))
        tier = rng.choices(TIERS, (46, 37, 17))[0]
        interval = "year" if rng.random() < 0.13 else "month"
        return self._company.price(f"{tier}_{interval}_{currency}")

    def _cancel_trial(self, sub: Subscription) -> None:
        if sub.status == "trialing" and not sub.cancels_at_end:
            feedback = sub.customer.rng.choice(_FEEDBACK)
            self._company.endings.cancel(sub, feedback, at_period_end=True)

    # -- while subscribed ------------------------------------------------------------------------

    def activated(self, sub: Subscription) -> None:
        """Expect videos and second thoughts after the first payment."""
        if sub.customer.user:
            self._company.visitors.watch(sub.customer.user)
        self._think(sub)

    def renewed(self, sub: Subscription) -> None:
        """Begin a period: sometimes the card fails, and the customer thinks again."""
        if sub.scripted:
            return
        self._maybe_fail(sub)
        self._think(sub)

    def _maybe_fail(self, sub: Subscription) -> None:
        customer, rng, kernel = sub.customer, sub.customer.rng, self._kernel
        if sub.paused or customer.declined(kernel.now) or customer.pays_by_invoice:
            return
        if rng.random() >= (0.045 if sub.activated else 0.10):
            return
        roll = rng.random()
        if roll < 0.66:
            back = timedelta(days=rng.choice((2, 2, 2, 7, 12)), hours=5)
            self._company.dunning.card_fails(customer, kernel.now + back)
            return
        sub.terminal = rng.choices(("cancel", "leave", "unpaid"), (78, 14, 8))[0]
        self._company.dunning.card_fails(customer, kernel.now + _NEVER)
        if sub.terminal == "leave" and rng.random() < 0.4:
            back = timedelta(days=rng.randint(34, 55), seconds=rng.randint(0, 50_000))
            kernel.after(back, self._company.dunning.new_card, customer)

    def _think(self, sub: Subscription) -> None:
        """Put a moment of decision somewhere into the running period."""
        if sub.scripted:
            return
        rng, now = sub.customer.rng, self._kernel.now
        left = (sub.item.period_end - now).total_seconds()
        moment = now + timedelta(seconds=round(left * rng.uniform(0.15, 0.85)))
        at = midnight(moment) + timedelta(seconds=rng.randint(0, 80_000))
        if now + timedelta(hours=2) < at < sub.item.period_end - timedelta(hours=2):
            self._kernel.schedule(at, self._decide, sub, sub.cycle)

    def _decide(self, sub: Subscription, cycle: int) -> None:
        if sub.cycle != cycle or not sub.healthy or sub.customer.declined(self._kernel.now):
            return
        rng = sub.customer.rng
        roll = rng.random()
        leaving = 0.052 * self._company.climate.churn_factor()
        if sub.item.price.interval == "year":
            leaving *= 2.5
        if roll < leaving:
            self._leave(sub)
            return
        choices = (
            (0.050, self._upgrade),
            (0.018, self._downgrade),
            (0.030, self._more_seats),
            (0.010, self._go_annual),
            (0.012, self._pause),
            (0.012, self._stay_coupon),
            (0.016, self._voices),
            (0.004, self._recreate),
            (0.004, self._delete),
        )
        roll -= leaving
        for chance, action in choices:
            if roll < chance:
                action(sub)
                return
            roll -= chance

    def _leave(self, sub: Subscription) -> None:
        rng, endings = sub.customer.rng, self._company.endings
        at_end = rng.random() < 0.75
        endings.cancel(sub, rng.choice(_FEEDBACK), at_period_end=at_end)
        if at_end and rng.random() < 0.14:
            left = sub.item.period_end - self._kernel.now
            self._kernel.after(left / 2, self._whole_second, endings.keep, sub)

    def _whole_second(self, action: Callable[[Subscription], None], sub: Subscription) -> None:
        """Stripe knows no fractions of seconds."""
        now = self._kernel.now
        self._kernel.schedule(now.replace(microsecond=0) + timedelta(seconds=1), action, sub)

    def _other_tier(self, sub: Subscription, step: int) -> Price | None:
        key = sub.item.price.key
        parts = key.split("_")
        if parts[0] not in TIERS or sub.item.quantity != 1 or len(sub.items) > 1:
            return None
        index = TIERS.index(parts[0]) + step
        if parts[1] == "quarter" or not 0 <= index < len(TIERS):
            return None
        return self._company.price("_".join((TIERS[index], *parts[1:])))

    def _upgrade(self, sub: Subscription) -> None:
        price = self._other_tier(sub, 1)
        if price:
            now = sub.customer.rng.random() < 0.7
            self._company.changes.change(sub, sub.item, price, 1, bill_now=now)

    def _downgrade(self, sub: Subscription) -> None:
        price = self._other_tier(sub, -1)
        if price and sub.customer.rng.random() < 0.75:
            self._company.changes.next_period(sub, sub.item, price, 1)
        elif price:
            self._company.changes.change(sub, sub.item, price, 1, bill_now=False)

    def _more_seats(self, sub: Subscription) -> None:
        item, rng = sub.item, sub.customer.rng
        if item.price.name.startswith(("Pro", "Studio")) and len(sub.items) == 1:
            if item.quantity > 1 and rng.random() < 0.4:
                self._company.changes.next_period(sub, item, item.price, item.quantity - 1)
            else:
                more = item.quantity + rng.choice((1, 1, 2))
                self._company.changes.change(sub, item, item.price, more, bill_now=True)

    def _go_annual(self, sub: Subscription) -> None:
        parts = sub.item.price.key.split("_")
        if parts[1] == "month" and parts[0] in TIERS and len(sub.items) == 1:
            price = self._company.price(f"{parts[0]}_year_{parts[2]}")
            self._company.changes.change(sub, sub.item, price, sub.item.quantity, bill_now=True)

    def _pause(self, sub: Subscription) -> None:
        months = sub.customer.rng.choice((1, 1, 2, 3))
        alone = len(sub.customer.subscriptions) == 1
        if alone and sub.customer.currency == "usd" and sub.item.price.interval == "month":
            self.pause_at_renewal(sub, months)

    def pause_at_renewal(self, sub: Subscription, months: int | None) -> None:
        """Pause on the day of the next renewal, and resume on that of a later one."""
        end = sub.item.period_end
        self._kernel.schedule(half_way(midnight(end), end), self._pause_now, sub, months)

    def _pause_now(self, sub: Subscription, months: int | None) -> None:
        if not sub.healthy or sub.item.period_end - self._kernel.now > timedelta(days=1):
            return
        self._company.endings.pause(sub)
        if months:
            self._kernel.schedule(sub.item.period_end, self._resume_in, sub, months - 1)

    def _resume_in(self, sub: Subscription, months: int) -> None:
        """Wait paused period by paused period; the last one's end is the day to resume."""
        if not sub.live or not sub.paused:
            return
        end = sub.item.period_end
        if end <= self._kernel.now:
            self._kernel.after(timedelta(minutes=5), self._resume_in, sub, months)
        elif months:
            self._kernel.schedule(end, self._resume_in, sub, months - 1)
        else:
            at = half_way(midnight(end), end)
            self._kernel.schedule(at, self._company.endings.resume, sub)

    def _stay_coupon(self, sub: Subscription) -> None:
        if not sub.discounts and not sub.customer.discounts:
            self._company.discounts.give(self._company.coupon("stay"), sub.customer, sub)

    def _voices(self, sub: Subscription) -> None:
        if sub.customer.currency != "usd" or sub.item.price.interval_count != 1:
            return
        if len(sub.items) > 1:
            self._company.changes.remove(sub, sub.items[1], bill_now=False)
        elif sub.item.price.interval == "month":
            price = self._company.price("voices_month_usd")
            self._company.changes.add(sub, price, 1, bill_now=True)

    def _recreate(self, sub: Subscription) -> None:
        price = self._other_tier(sub, 1)
        if price:
            self.recreate(sub, price, timedelta(minutes=6))

    def recreate(self, sub: Subscription, price: Price, gap: timedelta) -> None:
        """Cancel now and subscribe to another plan a little later."""
        sub.scripted = True
        self._company.endings.cancel(sub, "switched_service", at_period_end=False)
        self._kernel.after(gap, self._again, sub, price)

    def _again(self, sub: Subscription, price: Price) -> None:
        self._company.subscriptions.start(sub.customer, [(price, 1)])

    def _delete(self, sub: Subscription) -> None:
        if len(sub.customer.subscriptions) == 1:
            self._company.shop.delete_customer(sub.customer)

    # -- after the end ---------------------------------------------------------------------------

    def ended(self, sub: Subscription, cause: str) -> None:
        """Decide who comes back and who deletes the account."""
        customer, user = sub.customer, sub.customer.user
        customer.declines_until = None
        if user is None or sub.scripted:
            return
        if cause == "payment_failed":
            self._company.visitors.notify(user, "SUBSCRIPTION_ENDED")
        roll = user.rng.random()
        if cause != "deletion" and roll < 0.22:
            delay = timedelta(days=user.rng.randint(3, 120))
            self._kernel.schedule(self.office_hours(user, delay), self.subscribe, user)
        elif roll > 0.95 and user.role == "USER":
            self._kernel.after(
                timedelta(days=user.rng.randint(1, 40)), self._company.visitors.delete_account, user
            )


def half_way(start: datetime, end: datetime) -> datetime:
    """Return the whole second in the middle."""
    return (start + (end - start) / 2).replace(microsecond=0)
