"""Exact numbers: nothing here is ever a float, and rounding happens once."""

from decimal import Decimal
from fractions import Fraction

AMOUNT_PLACES = 6
RATIO_PLACES = 6
USAGE_COST_PLACES = 9

ZERO = Decimal(0).scaleb(-AMOUNT_PLACES)

_NO_MINOR_UNIT = frozenset(
    {"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga"}
    | {"pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"}
)
_THOUSANDTHS = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})


def _places(currency: str) -> int:
    """Decimal places of a currency's minor unit, as Stripe counts them."""
    if currency in _NO_MINOR_UNIT:
        return 0
    return 3 if currency in _THOUSANDTHS else 2


def round_half_even(value: Fraction, places: int) -> Decimal:
    """Round to ``places`` decimals; a tie goes to the even neighbour."""
    return Decimal(round(value * 10**places)).scaleb(-places)


def ratio(numerator: Decimal | int, denominator: Decimal | int) -> Decimal | None:
    """Divide exactly and round to six places; None where nothing was at stake."""
    if denominator == 0:
        return None
    return round_half_even(Fraction(numerator) / Fraction(denominator), RATIO_PLACES)


def whole_units(amount_minor: int, currency: str) -> Fraction:
    """Minor units as units of the currency: 800 US cents are 8, 1200 yen are 1200."""
    return Fraction(amount_minor, 10 ** _places(currency))


def split_by_largest_remainder(amount: int, weights: dict[str, Fraction]) -> dict[str, int]:
    """Share a whole amount in proportion to weights, so that the parts sum to it exactly.

    Everyone gets the whole part of the exact share; what is left over goes, one by one, to the
    largest fractions, among equals to the smaller name. No weight at all: nobody gets anything.
    """
    total = sum(weights.values(), Fraction(0))
    if total == 0:
        return dict.fromkeys(weights, 0)
    exact = {name: amount * weight / total for name, weight in weights.items()}
    parts = {name: int(share // 1) for name, share in exact.items()}
    left_over = amount - sum(parts.values())
    by_remainder = sorted(exact, key=lambda name: (parts[name] - exact[name], name))
    for name in by_remainder[:left_over]:
        parts[name] += 1
    return parts
