"""How Stripe rounds and shares out minor units."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

_UNIT = Decimal(1)


def half_up(amount: Decimal) -> int:
    """Whole minor units, halves away from zero."""
    return int(amount.quantize(_UNIT, rounding=ROUND_HALF_UP))


def half_even(amount: Decimal) -> int:
    """Whole minor units, halves to the even neighbour (currency conversion)."""
    return int(amount.quantize(_UNIT, rounding=ROUND_HALF_EVEN))


def percent_of(amount: int, percent: Decimal) -> int:
    """``percent`` % of an amount of minor units."""
    return half_up(Decimal(amount) * percent / 100)


def tax_within(amount: int, percent: Decimal) -> int:
    """Return the tax contained in an amount of minor units."""
    return half_up(Decimal(amount) * percent / (100 + percent))


def share(total: int, weights: Sequence[int]) -> list[int]:
    """Split ``total`` in proportion to ``weights`` (>= 0), largest remainders first."""
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    exact = [Fraction(total * weight, whole) for weight in weights]
    shares = [int(part) for part in exact]
    order = sorted(range(len(weights)), key=lambda i: (shares[i] - exact[i], i))
    for i in order[: total - sum(shares)]:
        shares[i] += 1
    return shares
