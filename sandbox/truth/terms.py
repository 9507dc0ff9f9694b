"""What was agreed: prices, coupons, exchange rates and the tax inside prices, ready to look up."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from sandbox.ledger import (
    BillLine,
    CouponPublished,
    DiscountApplied,
    Fact,
    FxRateSet,
    InvoiceFinalised,
    InvoiceVoided,
    PricePublished,
)


@dataclass(frozen=True, slots=True)
class Terms:
    """The catalogue and what was billed, of the whole company."""

    prices: dict[str, PricePublished]
    coupons: dict[str, CouponPublished]
    discounts: dict[str, list[DiscountApplied]]
    fx_rates: dict[str, list[tuple[date, Decimal]]]
    regular_lines: dict[str, list[BillLine]]
    once_off: dict[str, list[tuple[datetime, datetime, int]]]

    def usd_per_unit(self, currency: str, day: date) -> Decimal:
        """Return the exchange rate of a day: the latest until then, else the first there is.

        Raises:
            LookupError: the currency has no rate at all.
        """
        if currency == "usd":
            return Decimal(1)
        rates = self.fx_rates.get(currency)
        if not rates:
            raise LookupError(f"no exchange rate for the currency {currency}")
        until_then = [rate for rate_day, rate in rates if rate_day <= day]
        return until_then[-1] if until_then else rates[0][1]

    def inclusive_tax_share(self, item_id: str, end_of_day: datetime) -> Fraction:
        """Return which part of an item's tax-inclusive price is tax, as billed last.

        The last regular line with something to pay whose period has begun; before the first
        such line, the first; 0 where there is none or the price is without tax.
        """
        lines = self.regular_lines.get(item_id, [])
        begun = [line for line in lines if line.period_start < end_of_day]
        if not lines:
            return Fraction(0)
        line = begun[-1] if begun else lines[0]
        return Fraction(line.tax_minor, _net_of(line)) if line.tax_inclusive else Fraction(0)

    def once_off_minor(self, item_id: str, end_of_day: datetime) -> int:
        """Return what coupons for one bill took off the period of an item that a day ends in."""
        return sum(
            amount
            for start, end, amount in self.once_off.get(item_id, [])
            if start < end_of_day <= end
        )


def read_terms(facts: Sequence[Fact]) -> Terms:
    """Collect the terms from the facts known until now."""
    discounts: dict[str, list[DiscountApplied]] = defaultdict(list)
    fx_rates: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
    for fact in facts:
        if isinstance(fact, DiscountApplied):
            discounts[fact.customer_id].append(fact)
        elif isinstance(fact, FxRateSet):
            fx_rates[fact.currency].append((fact.date, fact.usd_per_unit))
    return Terms(
        prices={fact.price_id: fact for fact in facts if isinstance(fact, PricePublished)},
        coupons={fact.coupon_id: fact for fact in facts if isinstance(fact, CouponPublished)},
        discounts=dict(discounts),
        fx_rates={currency: sorted(rates) for currency, rates in fx_rates.items()},
        regular_lines=_regular_lines(facts),
        once_off=_once_off(facts),
    )


def _regular_lines(facts: Sequence[Fact]) -> dict[str, list[BillLine]]:
    """Lines of final invoices for a whole period with something to pay, by item, oldest first."""
    lines: dict[str, list[BillLine]] = defaultdict(list)
    for fact in facts:
        if isinstance(fact, InvoiceFinalised):
            for line in fact.bill.lines:
                if line.kind == "subscription" and line.item_id and _net_of(line) > 0:
                    lines[line.item_id].append(line)
    return {
        item_id: sorted(of_item, key=lambda line: line.period_start)
        for item_id, of_item in lines.items()
    }


def _once_off(facts: Sequence[Fact]) -> dict[str, list[tuple[datetime, datetime, int]]]:
    """Periods of items whose bill, void ones apart, a coupon for one bill made smaller."""
    voided = {fact.invoice_id for fact in facts if isinstance(fact, InvoiceVoided)}
    once = {
        fact.coupon_id
        for fact in facts
        if isinstance(fact, CouponPublished) and fact.duration == "once"
    }
    used = {f.discount_id for f in facts if isinstance(f, DiscountApplied) and f.coupon_id in once}
    lowered: dict[str, list[tuple[datetime, datetime, int]]] = defaultdict(list)
    for fact in facts:
        if isinstance(fact, InvoiceFinalised) and fact.bill.invoice_id not in voided:
            for line in fact.bill.lines:
                off = sum(amount for name, amount in line.discounts if name in used)
                if off and line.kind == "subscription" and line.item_id:
                    lowered[line.item_id].append((line.period_start, line.period_end, off))
    return lowered


def _net_of(line: BillLine) -> int:
    return line.amount_minor - sum(amount for _, amount in line.discounts)
