"""Facts about what is sold, what it costs to make, and what a currency is worth."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sandbox.ledger.base import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class PricePublished(Fact):
    """A price exists from now on; its terms never change.

    ``kind`` is ``plan`` (recurring, licensed), ``free`` (recurring, amount 0), ``pack``
    (one-off credits) or ``other``. ``interval`` is ``week``, ``month`` or ``year``, or None for
    a one-off price. ``unit_amount_minor`` is in minor units of ``currency`` for one unit and
    ``interval_count`` intervals; with ``tax_inclusive`` it contains the tax. ``credits`` is
    what one unit brings per period (plan) or purchase (pack). ``inline`` prices were made
    for one customer (Stripe's ``price_data``) and are left out of Stripe's list of prices.
    """

    price_id: str
    product_id: str
    name: str
    kind: str
    interval: str | None
    interval_count: int | None
    unit_amount_minor: int
    currency: str
    tax_inclusive: bool
    credits: int
    inline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponPublished(Fact):
    """A coupon exists from now on.

    Either ``percent_off`` (0 < p <= 100) or ``amount_off_minor`` with ``currency`` is set.
    ``duration`` is ``once``, ``repeating`` (``duration_months``) or ``forever``.
    """

    coupon_id: str
    name: str
    percent_off: Decimal | None
    amount_off_minor: int | None
    currency: str | None
    duration: str
    duration_months: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionCodePublished(Fact):
    """A code customers can type in to get a coupon."""

    promotion_code_id: str
    code: str
    coupon_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRatePublished(Fact):
    """A tax rate, in percent of the net amount, as the tax authority of a country sets it."""

    tax_rate_id: str
    country: str
    percentage: Decimal
    inclusive: bool
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRateSet(Fact):
    """What a provider bills for one credit on ``[valid_from, valid_to)`` (None: still).

    All rates of the world are known from its first instant. ``bills_failures`` says whether
    calls for videos that failed are billed.
    """

    provider: str
    usd_per_credit: Decimal
    valid_from: datetime
    valid_to: datetime | None
    bills_failures: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FxRateSet(Fact):
    """US dollars for one unit (not minor unit) of ``currency`` on a UTC day. USD has none."""

    currency: str
    date: date
    usd_per_unit: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountExcluded(Fact):
    """An account that the company counts as its own (internal) since ever.

    ``account_id`` is a user id or a Stripe customer id (then the whole customer it belongs to).
    """

    account_id: str
    reason: str
