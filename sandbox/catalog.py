"""What the company sells and what it pays: plans, packs, coupons, tax and provider rates.

Plain constants, the same for every seed. Amounts are in minor units of their currency, credits
are the application's own unit: one credit of a video is one credit at its provider.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class PlanSpec:
    """A recurring price. ``key`` is the company's own name for it."""

    key: str
    product: str
    interval: str
    interval_count: int
    unit_amount_minor: int
    currency: str
    credits: int
    kind: str = "plan"


@dataclass(frozen=True, slots=True)
class PackSpec:
    """Credits sold once; they expire a year after the purchase."""

    key: str
    product: str
    unit_amount_minor: int
    currency: str
    credits: int


@dataclass(frozen=True, slots=True)
class CouponSpec:
    """A coupon; ``code`` is the promotion code customers type, if there is one."""

    key: str
    name: str
    percent_off: Decimal | None
    amount_off_minor: int | None
    duration: str
    duration_months: int | None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class RateSpec:
    """A provider's price of one credit, and when it changes (time since the world's start)."""

    provider: str
    usd_per_credit: Decimal
    valid_after: timedelta
    valid_until: timedelta | None
    bills_failures: bool


#: Currencies whose prices contain the tax; elsewhere it comes on top.
TAX_INCLUSIVE_CURRENCIES = frozenset({"eur"})

_TIERS = (
    # Each row has a product, its credits a month, and its monthly and annual amounts.
    (
        "Starter",
        800,
        {"usd": 800, "eur": 800, "jpy": 1200},
        {"usd": 8000, "eur": 8000, "jpy": 12000},
    ),
    (
        "Pro",
        2900,
        {"usd": 2600, "eur": 2600, "jpy": 3900},
        {"usd": 26000, "eur": 26000, "jpy": 39000},
    ),
    (
        "Studio",
        8000,
        {"usd": 6800, "eur": 6800, "jpy": 9800},
        {"usd": 68000, "eur": 68000, "jpy": 98000},
    ),
)

PLANS: tuple[PlanSpec, ...] = (
    *(
        PlanSpec(f"{name.lower()}_month_{cur}", name, "month", 1, amount, cur, grant)
        for name, grant, monthly, _ in _TIERS
        for cur, amount in monthly.items()
    ),
    *(
        PlanSpec(f"{name.lower()}_year_{cur}", name, "year", 1, amount, cur, grant * 12)
        for name, grant, _, annual in _TIERS
        for cur, amount in annual.items()
    ),
    PlanSpec("sprint_week_usd", "Sprint", "week", 1, 300, "usd", 250),
    PlanSpec("pro_quarter_usd", "Pro", "month", 3, 7200, "usd", 8700),
    PlanSpec("voices_month_usd", "Voices add-on", "month", 1, 500, "usd", 0),
    PlanSpec("free_month_usd", "Free", "month", 1, 0, "usd", 50, kind="free"),
)

_PACKS = (
    # Each row has a name, its credits, and its amount by currency.
    ("Spark pack", 700, {"usd": 800, "eur": 800, "jpy": 1200}),
    ("Reel pack", 1700, {"usd": 1800, "eur": 1800, "jpy": 2700}),
    ("Feature pack", 4500, {"usd": 4500, "eur": 4500, "jpy": 6800}),
    ("Season pack", 9500, {"usd": 9000, "eur": 9000, "jpy": 13500}),
)

PACKS: tuple[PackSpec, ...] = tuple(
    PackSpec(f"{name.split()[0].lower()}_pack_{cur}", name, amount, cur, grant)
    for name, grant, amounts in _PACKS
    for cur, amount in amounts.items()
)

PACK_LIFETIME = timedelta(days=365)

COUPONS: tuple[CouponSpec, ...] = (
    CouponSpec("welcome", "Welcome, 25% off once", Decimal(25), None, "once", None, "WELCOME25"),
    CouponSpec("five_off", "$5 off once", None, 500, "once", None, "FIVEOFF"),
    CouponSpec("launch", "Launch, 20% off 3 months", Decimal(20), None, "repeating", 3, "LAUNCH20"),
    CouponSpec("stay", "Stay with us, 50% off 2 months", Decimal(50), None, "repeating", 2),
    CouponSpec("edu", "Education, 30% off", Decimal(30), None, "forever", None, "EDU30"),
    CouponSpec("loyal", "Loyalty, $3 off", None, 300, "forever", None),
    CouponSpec("thirds", "A third off", Decimal("33.33"), None, "forever", None),
    CouponSpec("partner", "Partner, free", Decimal(100), None, "forever", None),
    CouponSpec("onus", "3 months on us", Decimal(100), None, "repeating", 3),
    CouponSpec("sorry", "$10 off 3 months", None, 1000, "repeating", 3),
)

#: Percent of the net amount. Inclusive ones are contained in the price.
TAX_RATES: dict[str, tuple[Decimal, bool, str]] = {
    "DE": (Decimal(19), True, "VAT"),
    "FR": (Decimal(20), True, "VAT"),
    "NL": (Decimal(21), True, "VAT"),
    "ES": (Decimal(21), True, "VAT"),
    "US": (Decimal("8.875"), False, "Sales tax"),
}

PROVIDERS = ("LUMA_V1", "LUMA_V2", "KLING_V1", "KLING_V2")

#: The middle of the span, at 14:00 UTC: a call at that very instant has the new rate.
RATE_CHANGE = timedelta(days=371, hours=14)

RATES: tuple[RateSpec, ...] = (
    RateSpec("LUMA_V1", Decimal("0.0032"), timedelta(0), None, bills_failures=True),
    RateSpec("LUMA_V2", Decimal("0.0045"), timedelta(0), None, bills_failures=True),
    RateSpec("KLING_V1", Decimal("0.004"), timedelta(0), None, bills_failures=False),
    RateSpec("KLING_V2", Decimal("0.006"), timedelta(0), RATE_CHANGE, bills_failures=True),
    RateSpec("KLING_V2", Decimal("0.0052"), RATE_CHANGE, None, bills_failures=True),
)
