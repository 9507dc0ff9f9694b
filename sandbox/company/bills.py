"""What an invoice says: lines, discounts, tax and totals, as Stripe Billing works them out.

Pure functions. Discounts: fixed amounts first, then percentages, each on what the ones before
left; proration lines are already net and take none. Tax: by line, on the discounted amount.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from sandbox.company.rounding import percent_of, share, tax_within
from sandbox.company.state import Customer, Discount, Item, Price, Subscription
from sandbox.ledger import Bill, BillLine

_DISCOUNTABLE = frozenset({"subscription", "pack", "other"})


def line(
    line_id: str,
    kind: str,
    price: Price,
    quantity: int,
    amount_minor: int,
    period: tuple[datetime, datetime],
    description: str,
) -> BillLine:
    """Return a line without tax, discount or subscription yet."""
    return BillLine(
        line_id=line_id,
        kind=kind,
        price_id=price.price_id,
        quantity=quantity,
        unit_amount_minor=price.unit_amount_minor,
        amount_minor=amount_minor,
        discounts=(),
        tax_minor=0,
        tax_inclusive=False,
        tax_rate_id=None,
        subscription_id=None,
        item_id=None,
        period_start=period[0],
        period_end=period[1],
        description=description,
    )


def of_item(ln: BillLine, sub: Subscription, item: Item) -> BillLine:
    """Return the line as one of a subscription's item."""
    return replace(ln, subscription_id=sub.subscription_id, item_id=item.item_id)


def describe(price: Price, quantity: int) -> str:
    """Return a regular line in Stripe's words."""
    amount = (
        f"¥{price.unit_amount_minor:,}"
        if price.currency == "jpy"
        else f"{'€' if price.currency == 'eur' else '$'}{price.unit_amount_minor / 100:.2f}"
    )
    every = (
        f"{price.interval}"
        if price.interval_count == 1
        else (f"{price.interval_count} {price.interval}s")
    )
    return f"{quantity} x {price.name} (at {amount} / {every})"


def prorated(
    item: Item, price: Price, quantity: int, now: datetime, discounts: Sequence[Discount]
) -> int:
    """Return what the rest of the item's period costs, net of percentages."""
    whole = (item.period_end - item.period_start).total_seconds()
    left = (item.period_end - now).total_seconds()
    amount = Fraction(price.unit_amount_minor * quantity) * Fraction(int(left), int(whole))
    for discount in discounts:
        if discount.coupon.percent_off is not None and discount.coupon.duration != "once":
            amount *= 1 - Fraction(discount.coupon.percent_off) / 100
    return int(amount + Fraction(1, 2))


def discounted(lines: Sequence[BillLine], discounts: Sequence[Discount]) -> list[BillLine]:
    """Return the lines with their parts of the discounts."""
    rest = [max(0, ln.amount_minor) if ln.kind in _DISCOUNTABLE else 0 for ln in lines]
    parts: list[list[tuple[str, int]]] = [[] for _ in lines]
    for discount in sorted(discounts, key=lambda d: d.coupon.percent_off is not None):
        cuts = _cuts(discount, rest)
        for i, cut in enumerate(cuts):
            if cut:
                rest[i] -= cut
                parts[i].append((discount.discount_id, cut))
    return [
        replace(ln, discounts=tuple(part)) if part else ln
        for ln, part in zip(lines, parts, strict=True)
    ]


def _cuts(discount: Discount, rest: Sequence[int]) -> list[int]:
    percent = discount.coupon.percent_off
    if percent is not None:
        return [percent_of(amount, percent) for amount in rest]
    return share(min(discount.coupon.amount_off_minor or 0, sum(rest)), rest)


def taxed(ln: BillLine, customer: Customer) -> BillLine:
    """Return the line with its tax."""
    if customer.tax_rate_id is None:
        return ln
    net = ln.amount_minor - sum(amount for _, amount in ln.discounts)
    tax = tax_within if customer.tax_inclusive else percent_of
    return replace(
        ln,
        tax_minor=tax(net, Decimal(customer.tax_percent)),
        tax_inclusive=customer.tax_inclusive,
        tax_rate_id=customer.tax_rate_id,
    )


def total(
    invoice_id: str,
    number: str,
    customer: Customer,
    subscription_id: str | None,
    reason: str,
    lines: Sequence[BillLine],
    period: tuple[datetime, datetime],
) -> Bill:
    """Return the bill of some finished lines; what is due depends on the customer's balance."""
    subtotal = sum(ln.amount_minor for ln in lines)
    discount = sum(amount for ln in lines for _, amount in ln.discounts)
    exclusive = sum(ln.tax_minor for ln in lines if not ln.tax_inclusive)
    bill = Bill(
        invoice_id=invoice_id,
        number=number,
        customer_id=customer.customer_id,
        subscription_id=subscription_id,
        currency=customer.currency,
        reason=reason,
        lines=tuple(lines),
        subtotal_minor=subtotal,
        discount_minor=discount,
        tax_minor=sum(ln.tax_minor for ln in lines),
        exclusive_tax_minor=exclusive,
        total_minor=subtotal - discount + exclusive,
        starting_balance_minor=0,
        ending_balance_minor=0,
        due_minor=0,
        period_start=period[0],
        period_end=period[1],
        payment_intent_id=None,
    )
    return with_balance(bill, customer.balance_minor)


def with_balance(bill: Bill, balance_minor: int) -> Bill:
    """Return the bill for a customer whose balance is ``balance_minor`` (negative: credit)."""
    owed = bill.total_minor + min(0, balance_minor)
    return replace(
        bill,
        starting_balance_minor=balance_minor,
        ending_balance_minor=min(0, owed),
        due_minor=max(0, owed),
    )
