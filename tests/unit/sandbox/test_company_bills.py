"""Bills, worked out by hand."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from sandbox.company import bills
from sandbox.company.calendar import add_months, boundary
from sandbox.company.rounding import half_even, half_up, share, tax_within
from sandbox.company.state import Coupon, Customer, Discount, Item, Price
from sandbox.ledger import BillLine

JAN_31 = datetime(2025, 1, 31, 9, 10, tzinfo=UTC)
PERIOD = (JAN_31, add_months(JAN_31, 1))


def price(amount: int = 2600, currency: str = "usd") -> Price:
    return Price("price_1", "prod_1", "pro", "Pro", "plan", "month", 1, amount, currency, 0)


def line(amount: int, kind: str = "subscription") -> BillLine:
    return bills.line(f"il_{amount}", kind, price(), 1, amount, PERIOD, "Pro")


def discount(
    *, percent: str | None = None, amount: int | None = None, duration: str = "forever"
) -> Discount:
    off = Decimal(percent) if percent else None
    coupon = Coupon(f"C{percent}{amount}", off, amount, duration, None)
    return Discount(f"di_{percent}{amount}", coupon, JAN_31, None)


def customer(percent: str = "0", *, inclusive: bool = False, balance: int = 0) -> Customer:
    rate = "txr_1" if percent != "0" else None
    return Customer(
        "cus_1", None, "DE", "eur", rate, Decimal(percent), inclusive, random.Random(1), balance
    )


class TestCalendar:
    def test_a_month_end_anchor_comes_back_to_the_31st(self) -> None:
        ends = [boundary(JAN_31, "month", 1, n).date().isoformat() for n in range(1, 4)]
        assert ends == ["2025-02-28", "2025-03-31", "2025-04-30"]

    def test_a_leap_day_renews_on_the_28th(self) -> None:
        leap = datetime(2024, 2, 29, tzinfo=UTC)
        assert boundary(leap, "year", 1, 1) == datetime(2025, 2, 28, tzinfo=UTC)
        assert boundary(leap, "year", 1, 4) == datetime(2028, 2, 29, tzinfo=UTC)

    def test_weeks_and_quarters(self) -> None:
        assert boundary(JAN_31, "week", 1, 2) == JAN_31 + timedelta(days=14)
        assert boundary(JAN_31, "month", 3, 1) == datetime(2025, 4, 30, 9, 10, tzinfo=UTC)


class TestRounding:
    def test_stripe_rounds_halves_up_and_conversion_to_even(self) -> None:
        assert (half_up(Decimal("2.5")), half_up(Decimal("-2.5"))) == (3, -3)
        assert (half_even(Decimal("2.5")), half_even(Decimal("3.5"))) == (2, 4)

    @pytest.mark.parametrize(
        ("total", "weights", "parts"),
        [
            (10, [1, 1, 1], [4, 3, 3]),
            (300, [2600, 1000], [217, 83]),
            (5, [0, 0], [0, 0]),
            (7, [0, 9], [0, 7]),
        ],
    )
    def test_shares_sum_to_the_total(
        self, total: int, weights: list[int], parts: list[int]
    ) -> None:
        assert share(total, weights) == parts

    def test_the_tax_inside_a_price(self) -> None:
        assert tax_within(2600, Decimal(19)) == 415


class TestDiscounts:
    def test_fixed_amounts_come_before_percentages(self) -> None:
        (billed,) = bills.discounted([line(6800)], [discount(percent="30"), discount(amount=300)])
        assert billed.discounts == (("di_None300", 300), ("di_30None", 1950))

    def test_a_fixed_amount_is_shared_by_the_lines(self) -> None:
        billed = bills.discounted([line(2600), line(1000)], [discount(amount=300)])
        assert [ln.discounts[0][1] for ln in billed] == [217, 83]

    def test_nothing_falls_below_zero(self) -> None:
        (billed,) = bills.discounted([line(800)], [discount(amount=1000), discount(percent="50")])
        assert billed.discounts == (("di_None1000", 800),)

    def test_prorations_take_no_discount(self) -> None:
        billed = bills.discounted(
            [line(-400, "proration_credit"), line(1300, "proration_charge")],
            [discount(percent="50")],
        )
        assert [ln.discounts for ln in billed] == [(), ()]


class TestProration:
    def test_half_a_period_costs_half(self) -> None:
        start = datetime(2025, 4, 1, tzinfo=UTC)
        item = Item("si_1", price(), 1, start, datetime(2025, 5, 1, tzinfo=UTC))
        middle = datetime(2025, 4, 16, tzinfo=UTC)
        assert bills.prorated(item, price(), 1, middle, []) == 1300
        assert bills.prorated(item, price(800), 2, middle, []) == 800

    def test_it_is_net_of_percentages_but_not_of_once(self) -> None:
        start = datetime(2025, 4, 1, tzinfo=UTC)
        item = Item("si_1", price(), 1, start, datetime(2025, 5, 1, tzinfo=UTC))
        middle = datetime(2025, 4, 16, tzinfo=UTC)
        assert bills.prorated(item, price(), 1, middle, [discount(percent="30")]) == 910
        once = discount(percent="30", duration="once")
        assert bills.prorated(item, price(), 1, middle, [once]) == 1300


class TestTotals:
    def test_exclusive_tax_comes_on_top(self) -> None:
        who = customer("8.875")
        bill = bills.total("in_1", "N", who, None, "manual", [bills.taxed(line(2600), who)], PERIOD)
        assert (bill.subtotal_minor, bill.tax_minor, bill.total_minor) == (2600, 231, 2831)
        assert bill.due_minor == 2831

    def test_inclusive_tax_is_inside(self) -> None:
        who = customer("19", inclusive=True)
        (cut,) = bills.discounted([line(2600)], [discount(percent="30")])
        bill = bills.total("in_1", "N", who, None, "manual", [bills.taxed(cut, who)], PERIOD)
        assert (bill.subtotal_minor, bill.discount_minor, bill.tax_minor) == (2600, 780, 291)
        assert (bill.exclusive_tax_minor, bill.total_minor) == (0, 1820)

    def test_credit_pays_first_and_a_negative_bill_becomes_credit(self) -> None:
        bill = bills.total("in_1", "N", customer(balance=-500), None, "manual", [line(800)], PERIOD)
        assert (bill.due_minor, bill.ending_balance_minor) == (300, 0)
        bill = bills.with_balance(bill, -900)
        assert (bill.due_minor, bill.ending_balance_minor) == (0, -100)
        back = bills.total("in_2", "N", customer(), None, "manual", [line(-700, "other")], PERIOD)
        assert (back.total_minor, back.due_minor, back.ending_balance_minor) == (-700, 0, -700)
