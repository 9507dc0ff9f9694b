"""A company of a few facts, written by hand: a test says what happened and what follows."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from mini_facts import MoneyAndProduct, at, day

from sandbox.ledger import (
    AccountExcluded,
    CouponPublished,
    DiscountApplied,
    FxRateSet,
    ItemChanged,
    ItemTerms,
    PaymentAttemptFailed,
    PeriodStarted,
    PricePublished,
    ProviderRateSet,
    StripeCustomerCreated,
    StripeCustomerDeleted,
    SubscriptionActivated,
    SubscriptionCreated,
    SubscriptionEnded,
    UserSignedUp,
)
from sandbox.truth import expected

__all__ = ["MiniLedger", "at", "company", "day"]

WORLD_START = "2025-01-01"


class MiniLedger(MoneyAndProduct):
    """A company and what the truth says about it."""

    def expected(self, as_of: str, table: str, **options: Any) -> list[dict[str, Any]]:
        return expected(self.facts, at(as_of), [table], **options)[table]

    def month(self, as_of: str, month: str, **options: Any) -> dict[str, Any]:
        rows = self.expected(as_of, "agg_mrr_monthly", **options)
        return next(row for row in rows if row["month"] == day(month))

    def closing(self, month: str = "2026-01-01", as_of: str = "2026-06-15") -> Decimal:
        """MRR at a month's end."""
        closing: Decimal = self.month(as_of, month)["closing_usd"]
        return closing

    def retention(self, as_of: str, month: str, **options: Any) -> dict[str, Any]:
        rows = self.expected(as_of, "agg_retention_monthly", **options)
        return next(row for row in rows if row["month"] == day(month))

    def moved(
        self, as_of: str, period_type: str = "day", **options: Any
    ) -> dict[str, dict[str, str]]:
        """Movements by period, without what is zero: ``{"2026-01-05": {"new_usd": "8"}}``."""
        return {
            row["period_start"].isoformat(): {
                name: plain(value)
                for name, value in row.items()
                if name.endswith("_usd") and value and (period_type == "month" or name not in _ENDS)
            }
            for row in self.expected(as_of, "fct_mrr_movements", **options)
            if row["period_type"] == period_type
        }

    def churned(self, as_of: str, **options: Any) -> list[tuple[str, str, str]]:
        return [
            (row["churned_on"].isoformat(), plain(row["mrr_lost_usd"]), row["churn_type"])
            for row in self.expected(as_of, "fct_churn_events", **options)
        ]

    # The catalogue

    def price(
        self,
        price_id: str,
        minor: int,
        interval: str = "month",
        interval_count: int = 1,
        currency: str = "usd",
        *,
        tax_inclusive: bool = False,
    ) -> None:
        self.add(
            PricePublished(
                at=at(WORLD_START),
                price_id=price_id,
                product_id="prod",
                name=price_id,
                kind="plan" if minor else "free",
                interval=interval,
                interval_count=interval_count,
                unit_amount_minor=minor,
                currency=currency,
                tax_inclusive=tax_inclusive,
                credits=0,
            )
        )

    def coupon(
        self,
        coupon_id: str,
        *,
        percent: str | None = None,
        minor: int | None = None,
        duration: str = "forever",
    ) -> None:
        self.add(
            CouponPublished(
                at=at(WORLD_START),
                coupon_id=coupon_id,
                name=coupon_id,
                percent_off=Decimal(percent) if percent else None,
                amount_off_minor=minor,
                currency="usd" if minor else None,
                duration=duration,
                duration_months=None,
            )
        )

    def fx(self, currency: str, on: str, usd_per_unit: str) -> None:
        self.add(
            FxRateSet(
                at=at(WORLD_START),
                currency=currency,
                date=day(on),
                usd_per_unit=Decimal(usd_per_unit),
            )
        )

    def provider_rate(
        self,
        provider: str,
        usd: str,
        valid_from: str = WORLD_START,
        valid_to: str | None = None,
        *,
        bills_failures: bool = True,
    ) -> None:
        self.add(
            ProviderRateSet(
                at=at(WORLD_START),
                provider=provider,
                usd_per_credit=Decimal(usd),
                valid_from=at(valid_from),
                valid_to=at(valid_to) if valid_to else None,
                bills_failures=bills_failures,
            )
        )

    def exclude(self, account_id: str) -> None:
        self.add(AccountExcluded(at=at(WORLD_START), account_id=account_id, reason="ours"))

    # People

    def user(self, user_id: str, role: str = "USER", signed_up: str = WORLD_START) -> None:
        self.add(UserSignedUp(at=at(signed_up), user_id=user_id, role=role, country="US"))

    def customer(
        self, customer_id: str, user_id: str | None = None, linked_by: str = "user"
    ) -> None:
        self.add(
            StripeCustomerCreated(
                at=at(WORLD_START),
                customer_id=customer_id,
                user_id=user_id,
                linked_by=linked_by if user_id else "none",
                country="US",
                currency="usd",
            )
        )

    def delete_customer(self, customer_id: str, when: str) -> None:
        self.add(StripeCustomerDeleted(at=at(when), customer_id=customer_id))

    # Subscriptions

    def subscribe(
        self,
        subscription_id: str,
        items: dict[str, tuple[str, int]],
        when: str,
        *,
        customer_id: str = "cus_1",
        currency: str = "usd",
        pays: str | None = "at once",
        status: str = "active",
        trial_ends: str | None = None,
    ) -> None:
        """Create a subscription with ``items``: id to price and quantity.

        Its first real invoice is paid ``pays``: an instant, "at once", or None for never.
        """
        self.add(
            SubscriptionCreated(
                at=at(when),
                subscription_id=subscription_id,
                customer_id=customer_id,
                currency=currency,
                status=status,
                items=tuple(
                    ItemTerms(item_id=i, price_id=p, quantity=q) for i, (p, q) in items.items()
                ),
                trial_ends_at=at(trial_ends) if trial_ends else None,
            )
        )
        for item_id in items:
            self.period(subscription_id, item_id, when)
        if pays:
            paid_at = at(when) if pays == "at once" else at(pays)
            self.add(SubscriptionActivated(at=paid_at, subscription_id=subscription_id))

    def period(self, subscription_id: str, item_id: str, start: str) -> None:
        self.add(
            PeriodStarted(
                at=at(start),
                subscription_id=subscription_id,
                item_id=item_id,
                start=at(start),
                end=at(start) + timedelta(days=30),
            )
        )

    def of(self, fact: type[Any], subscription_id: str, when: str, **details: Any) -> None:
        """Add any other fact about a subscription."""
        self.add(fact(at=at(when), subscription_id=subscription_id, **details))

    def switch(self, when: str, old: str, new: str, quantity: int = 1) -> None:
        """Give the first subscription's item another price or quantity."""
        self.of(
            ItemChanged,
            "sub_1",
            when,
            item_id="si_1",
            old_price_id=old,
            old_quantity=1,
            price_id=new,
            quantity=quantity,
            prorated=False,
        )

    def end(self, subscription_id: str, when: str, cause: str = "request") -> None:
        self.of(SubscriptionEnded, subscription_id, when, cause=cause)

    def fail(self, subscription_id: str, when: str, *, opens_spell: bool = True) -> None:
        self.of(
            PaymentAttemptFailed,
            subscription_id,
            when,
            invoice_id="in_1",
            attempt=1,
            opens_spell=opens_spell,
        )

    def discount(
        self,
        coupon_id: str,
        starts: str,
        ends: str | None = None,
        *,
        subscription_id: str | None = "sub_1",
        customer_id: str = "cus_1",
    ) -> None:
        self.add(
            DiscountApplied(
                at=at(starts),
                discount_id=f"di_{next(self._numbers)}",
                coupon_id=coupon_id,
                customer_id=customer_id,
                subscription_id=subscription_id,
                starts_at=at(starts),
                ends_at=at(ends) if ends else None,
            )
        )


_ENDS = {"opening_usd", "closing_usd"}


def plain(value: Decimal) -> str:
    """Write ``8.000000`` as ``8``."""
    return f"{value.normalize():f}"


def company(*prices: tuple[str, int], customer_id: str = "cus_1") -> MiniLedger:
    """One customer without a user, and monthly prices in US cents."""
    ledger = MiniLedger()
    ledger.customer(customer_id)
    for price_id, minor in prices:
        ledger.price(price_id, minor)
    return ledger
