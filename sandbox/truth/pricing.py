"""What one item is worth a month: price, quantity, interval, discounts, tax, exchange rate."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from sandbox.ledger import CouponPublished, DiscountApplied
from sandbox.truth.calendar import AN_INSTANT, utc_day
from sandbox.truth.money import (
    AMOUNT_PLACES,
    round_half_even,
    split_by_largest_remainder,
    whole_units,
)
from sandbox.truth.policies import Policies
from sandbox.truth.subscriptions import Item, Subscription
from sandbox.truth.terms import Terms


@dataclass(frozen=True, slots=True)
class ItemWorth:
    """A month of one item: list price and price after discounts, both without tax.

    ``list_price`` and ``net`` are in the subscription's currency and, like ``usd_per_unit``, exact;
    the ``_usd`` amounts are rounded, once, here.
    """

    price_id: str
    list_price: Fraction
    net: Fraction
    usd_per_unit: Decimal
    list_usd: Decimal
    net_usd: Decimal


def worth_of_items(
    subscription: Subscription, terms: Terms, end_of_day: datetime, policies: Policies
) -> dict[str, ItemWorth]:
    """Value every item of a subscription at the end of a day, whether or not it earns."""
    lists = {
        item_id: _list_price_a_month(item, terms, policies)
        for item_id, item in subscription.items.items()
    }
    nets = _after_discounts(subscription, lists, terms, end_of_day, policies)
    return {
        item_id: _in_usd(
            subscription, item_id, lists[item_id], nets[item_id], terms, end_of_day, policies
        )
        for item_id in lists
    }


def _months_in_a_period(item: Item, terms: Terms, policies: Policies) -> Fraction:
    price = terms.prices[item.price_id]
    if price.interval is None or price.interval_count is None:
        raise ValueError(f"{price.price_id} is sold once, so it is no subscription's price")
    return policies.months_in_an_interval[price.interval] * price.interval_count


def _list_price_a_month(item: Item, terms: Terms, policies: Policies) -> Fraction:
    price = terms.prices[item.price_id]
    a_period = whole_units(price.unit_amount_minor, price.currency) * item.quantity
    return a_period / _months_in_a_period(item, terms, policies)


def _after_discounts(
    subscription: Subscription,
    lists: dict[str, Fraction],
    terms: Terms,
    end_of_day: datetime,
    policies: Policies,
) -> dict[str, Fraction]:
    """Take off fixed amounts first, then percentages one upon the other; never below zero."""
    coupons = discounts_in_force(subscription, terms, end_of_day, policies)
    nets = dict(lists)
    for coupon in coupons:
        if coupon.amount_off_minor is not None and coupon.currency == subscription.currency:
            parts = split_by_largest_remainder(coupon.amount_off_minor, lists)
            for item_id, part_minor in parts.items():
                period = _months_in_a_period(subscription.items[item_id], terms, policies)
                part = whole_units(part_minor, subscription.currency) / period
                nets[item_id] = max(Fraction(0), nets[item_id] - part)
    for coupon in coupons:
        if coupon.percent_off is not None:
            for item_id, net in nets.items():
                nets[item_id] = net * (100 - Fraction(coupon.percent_off)) / 100
    return nets


def discounts_in_force(
    subscription: Subscription, terms: Terms, end_of_day: datetime, policies: Policies
) -> list[CouponPublished]:
    """Return the coupons that last and are in force in the day's last instant, in their order.

    A discount of the customer works where the subscription has none of its own.
    """
    in_force = [
        discount
        for discount in terms.discounts.get(subscription.customer_id, [])
        if policies.lasting_coupons_reduce_mrr
        and _is_in_force(discount, end_of_day)
        and terms.coupons[discount.coupon_id].duration != "once"
    ]
    own = [d for d in in_force if d.subscription_id == subscription.subscription_id]
    of_customer = [d for d in in_force if d.subscription_id is None]
    return [terms.coupons[discount.coupon_id] for discount in own or of_customer]


def _is_in_force(discount: DiscountApplied, end_of_day: datetime) -> bool:
    has_begun = discount.starts_at < end_of_day
    is_over = discount.ends_at is not None and discount.ends_at < end_of_day
    return has_begun and not is_over


def _in_usd(
    subscription: Subscription,
    item_id: str,
    list_price: Fraction,
    net_price: Fraction,
    terms: Terms,
    end_of_day: datetime,
    policies: Policies,
) -> ItemWorth:
    item = subscription.items[item_id]
    without_tax = Fraction(1)
    if terms.prices[item.price_id].tax_inclusive and not policies.inclusive_tax_counts:
        without_tax -= terms.inclusive_tax_share(item_id, end_of_day)
    rated_at = item.period_start
    if policies.converts_at_rate_of_the_day:
        rated_at = end_of_day - AN_INSTANT
    rate = terms.usd_per_unit(subscription.currency, utc_day(rated_at))
    net_usd = in_usd(net_price * without_tax, rate)
    if policies.once_coupons_reduce_mrr:
        once = whole_units(terms.once_off_minor(item_id, end_of_day), subscription.currency)
        a_month = once / _months_in_a_period(item, terms, policies)
        net_usd -= min(net_usd, in_usd(a_month * without_tax, rate))
    return ItemWorth(
        price_id=item.price_id,
        list_price=list_price * without_tax,
        net=net_price * without_tax,
        usd_per_unit=rate,
        list_usd=in_usd(list_price * without_tax, rate),
        net_usd=net_usd,
    )


def in_usd(amount: Fraction, usd_per_unit: Decimal) -> Decimal:
    """Convert an exact amount and round it to six places."""
    return round_half_even(amount * Fraction(usd_per_unit), AMOUNT_PLACES)
