"""The company: its catalogue, its services, its users."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import sqrt

from sandbox import catalog
from sandbox.company.afterwards import Afterwards
from sandbox.company.behaviour import Behaviour
from sandbox.company.calendar import boundary
from sandbox.company.cast import Cast
from sandbox.company.changes import Changes
from sandbox.company.climate import Climate
from sandbox.company.credits import Credits
from sandbox.company.discounts import Discounts
from sandbox.company.dunning import Dunning
from sandbox.company.endings import Endings
from sandbox.company.invoices import Invoices
from sandbox.company.kernel import Kernel
from sandbox.company.payments import Payments
from sandbox.company.payouts import Payouts
from sandbox.company.rates import Rates
from sandbox.company.shop import Shop
from sandbox.company.state import Coupon, Price, User
from sandbox.company.subscriptions import Subscriptions
from sandbox.company.usage import Usage
from sandbox.company.visitors import Visitors
from sandbox.ledger import (
    AccountExcluded,
    CouponPublished,
    PricePublished,
    PromotionCodePublished,
    ProviderRateSet,
    TaxRatePublished,
    UserSignedUp,
)

SPAN = timedelta(days=730)
_COUNTRIES = ("US", "CA", "GB", "IN", "BR", "DE", "FR", "NL", "ES", "JP")
_SHARES = (50, 7, 7, 6, 4, 7, 5, 3, 3, 8)


class Company:
    """All services, and the things they share.

    Args:
        seed: the same seed gives the same company.
        customers: sign-ups in the first 24 months; later ones come at the same pace.
        start: the first instant.
    """

    def __init__(self, seed: int, customers: int, start: datetime) -> None:
        self.kernel = Kernel(seed, start)
        self.signups = customers
        self.users: list[User] = []
        self.tax_rate_ids: dict[str, str] = {}
        self._prices: dict[str, Price] = {}
        self._coupons: dict[str, Coupon] = {}
        self.rates = Rates(self.kernel)
        self.climate = Climate(self)
        self.payouts = Payouts(self)
        self.payments = Payments(self)
        self.discounts = Discounts(self)
        self.invoices = Invoices(self)
        self.credits = Credits(self)
        self.subscriptions = Subscriptions(self)
        self.endings = Endings(self)
        self.changes = Changes(self)
        self.dunning = Dunning(self)
        self.usage = Usage(self)
        self.shop = Shop(self)
        self.afterwards = Afterwards(self)
        self.visitors = Visitors(self)
        self.behaviour = Behaviour(self)
        self.cast = Cast(self)
        self.kernel.schedule(start, self._open)

    def price(self, key: str) -> Price:
        """Return the price the company calls ``key``."""
        return self._prices[key]

    def coupon(self, key: str) -> Coupon:
        """Return the coupon the company calls ``key``."""
        return self._coupons[key]

    def prices(self) -> Iterator[Price]:
        """Everything published so far, inline prices too."""
        return iter(self._prices.values())

    # -- opening day -----------------------------------------------------------------------------

    def _open(self) -> None:
        kernel, now = self.kernel, self.kernel.now
        self._publish_prices()
        self._publish_coupons()
        self._publish_rates()
        self.rates.publish()
        monday = now + timedelta(days=(7 - now.weekday()) % 7, minutes=10)
        kernel.schedule(monday, self.payouts.pay_out)
        kernel.schedule(boundary(now, "month", 1, 1), self._monthly_fee, 1)
        self.climate.begin()
        self.cast.begin()
        kernel.schedule(self._arrival(0), self._sign_up, 0)

    def _publish_prices(self) -> None:
        products: dict[str, str] = {}
        for plan in catalog.PLANS:
            product = products.setdefault(plan.product, self.kernel.stripe_id("prod"))
            self._publish(plan.key, plan.product, product, plan)
        for pack in catalog.PACKS:
            product = products.setdefault(pack.product, self.kernel.stripe_id("prod"))
            self._publish(pack.key, pack.product, product, pack)

    def _publish(
        self, key: str, name: str, product_id: str, spec: catalog.PlanSpec | catalog.PackSpec
    ) -> None:
        plan = spec if isinstance(spec, catalog.PlanSpec) else None
        self.add_price(
            Price(
                price_id=self.kernel.stripe_id("price"),
                product_id=product_id,
                key=key,
                name=name,
                kind=plan.kind if plan else "pack",
                interval=plan.interval if plan else None,
                interval_count=plan.interval_count if plan else 1,
                unit_amount_minor=spec.unit_amount_minor,
                currency=spec.currency,
                grant=spec.credits,
            )
        )

    def add_price(self, price: Price, *, inline: bool = False) -> Price:
        """Publish a price."""
        self._prices[price.key] = price
        self.kernel.record(
            PricePublished(
                at=self.kernel.now,
                price_id=price.price_id,
                product_id=price.product_id,
                name=price.name,
                kind=price.kind,
                interval=price.interval,
                interval_count=price.interval_count if price.interval else None,
                unit_amount_minor=price.unit_amount_minor,
                currency=price.currency,
                tax_inclusive=price.currency in catalog.TAX_INCLUSIVE_CURRENCIES,
                credits=price.grant,
                inline=inline,
            )
        )
        return price

    def _publish_coupons(self) -> None:
        kernel = self.kernel
        for spec in catalog.COUPONS:
            coupon_id = spec.key.upper()
            amount = spec.amount_off_minor
            kernel.record(
                CouponPublished(
                    at=kernel.now,
                    coupon_id=coupon_id,
                    name=spec.name,
                    percent_off=spec.percent_off,
                    amount_off_minor=amount,
                    currency="usd" if amount is not None else None,
                    duration=spec.duration,
                    duration_months=spec.duration_months,
                )
            )
            code_id = kernel.stripe_id("promo") if spec.code else None
            if code_id and spec.code:
                kernel.record(
                    PromotionCodePublished(
                        at=kernel.now,
                        promotion_code_id=code_id,
                        code=spec.code,
                        coupon_id=coupon_id,
                    )
                )
            self._coupons[spec.key] = Coupon(
                coupon_id, spec.percent_off, amount, spec.duration, spec.duration_months, code_id
            )

    def _publish_rates(self) -> None:
        kernel, now = self.kernel, self.kernel.now
        for country, (percent, inclusive, name) in catalog.TAX_RATES.items():
            self.tax_rate_ids[country] = kernel.stripe_id("txr")
            kernel.record(
                TaxRatePublished(
                    at=now,
                    tax_rate_id=self.tax_rate_ids[country],
                    country=country,
                    percentage=percent,
                    inclusive=inclusive,
                    name=name,
                )
            )
        for rate in catalog.RATES:
            until = now + rate.valid_until if rate.valid_until else None
            kernel.record(
                ProviderRateSet(
                    at=now,
                    provider=rate.provider,
                    usd_per_credit=rate.usd_per_credit,
                    valid_from=now + rate.valid_after,
                    valid_to=until,
                    bills_failures=rate.bills_failures,
                )
            )

    def _monthly_fee(self, month: int) -> None:
        """Stripe's own fees of the past month, roughly in line with the number of users."""
        users = len(self.users)
        self.payments.stripe_fee(200 + 3 * users, "Billing - Usage Fee")
        self.payments.stripe_fee(50 + users // 2, "Card network costs", "network_cost")
        at = boundary(self.kernel.start, "month", 1, month + 1)
        self.kernel.schedule(at, self._monthly_fee, month + 1)

    # -- users -----------------------------------------------------------------------------------

    def _arrival(self, index: int) -> datetime:
        """When the n-th user signs up: more every month."""
        share = (index + self.kernel.random("arrival", index).random()) / self.signups
        elapsed = (sqrt(0.3025 + 1.8 * share) - 0.55) / 0.9
        return self.kernel.start + timedelta(
            milliseconds=int(SPAN / timedelta(milliseconds=1) * elapsed)
        )

    def _sign_up(self, index: int) -> None:
        script = self.cast.script(index)
        rng = self.kernel.random("user", index)
        country = script.country if script else rng.choices(_COUNTRIES, _SHARES)[0]
        role = "ADMIN" if script and script.internal else "USER"
        user = self.new_user(index, country, role)
        if script:
            self.cast.enter(user, script)
        else:
            self.behaviour.arrive(user)
        self.kernel.schedule(self._arrival(index + 1), self._sign_up, index + 1)

    def new_user(self, index: int, country: str, role: str) -> User:
        """Make a user row appear."""
        rng = self.kernel.random("user", index, "choices")
        user = User(self.kernel.app_id("user"), index, country, role, rng)
        user.appetite = rng.choice((0.5, 0.8, 1.0, 1.0, 1.5))
        self.users.append(user)
        self.kernel.record(
            UserSignedUp(at=self.kernel.now, user_id=user.user_id, role=role, country=country)
        )
        return user

    def exclude(self, account_id: str, reason: str) -> None:
        """List an account as the company's own."""
        self.kernel.record(
            AccountExcluded(at=self.kernel.now, account_id=account_id, reason=reason)
        )
