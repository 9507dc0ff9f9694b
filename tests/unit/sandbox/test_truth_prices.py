"""What comes off a price: discounts, currencies, the tax inside."""

from decimal import Decimal

import pytest
from mini_ledger import MiniLedger, at, company, plain

from sandbox.ledger import DiscountApplied, DiscountEnded, ItemChanged


class TestDiscounts:
    def test_a_percentage_counts_while_in_force(self) -> None:
        ledger = company(("p", 800))
        ledger.coupon("c", percent="25", duration="repeating")
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10 08:00:00")
        ledger.discount("c", "2026-01-10 08:00:00", "2026-03-10 08:00:00")
        assert ledger.moved("2026-04-15") == {
            "2026-01-10": {"new_usd": "6"},
            "2026-03-10": {"expansion_usd": "2"},
        }

    def test_it_is_still_in_force_on_the_day_that_ends_with_it(self) -> None:
        ledger = company(("p", 800))
        ledger.coupon("c", percent="25", duration="repeating")
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
        ledger.discount("c", "2026-01-10", "2026-03-10")
        # Over at 00:00 of the 10th, which is 24:00 of the 9th: full price from the 10th.
        assert list(ledger.moved("2026-04-15")) == ["2026-01-10", "2026-03-10"]

    def test_once_never_counts(self) -> None:
        ledger = company(("p", 800))
        ledger.coupon("c", percent="50", duration="once")
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
        ledger.discount("c", "2026-01-10")
        assert ledger.moved("2026-04-15") == {"2026-01-10": {"new_usd": "8"}}

    def test_one_that_was_over_before_it_met_a_bill_is_forgotten_with_stripes_events(self) -> None:
        ledger = company(("p", 800))
        ledger.coupon("c", percent="25", duration="repeating")
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
        ledger.discount("c", "2026-01-20", "2026-02-20")
        discount_id = next(f.discount_id for f in ledger.facts if isinstance(f, DiscountApplied))
        assert plain(ledger.closing()) == "6"
        ledger.add(DiscountEnded(at=at("2026-02-20"), discount_id=discount_id))
        assert plain(ledger.closing(as_of="2026-03-01")) == "6"
        assert plain(ledger.closing()) == "8"

    def test_fixed_amounts_go_first_then_percentages_one_upon_the_other(self) -> None:
        ledger = company(("p", 2600))
        ledger.coupon("ten", percent="10")
        ledger.coupon("half", percent="50")
        ledger.coupon("six", minor=600)
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
        for coupon in ("ten", "six", "half"):
            ledger.discount(coupon, "2026-01-10")
        # (26 - 6) x 0.9 x 0.5
        assert ledger.closing() == Decimal(9)

    def test_a_fixed_amount_on_a_year_is_a_twelfth_a_month(self) -> None:
        ledger = MiniLedger()
        ledger.customer("cus_1")
        ledger.price("p", 9600, "year")
        ledger.coupon("c", minor=1000)
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
        ledger.discount("c", "2026-01-10")
        # 86 a year
        assert ledger.closing() == Decimal("7.166667")

    def test_a_fixed_amount_is_split_by_list_price_with_largest_remainders(self) -> None:
        ledger = company(("a", 800), ("b", 800), ("c", 800))
        ledger.coupon("off", minor=100)
        ledger.subscribe(
            "sub_1", {"si_1": ("a", 1), "si_2": ("b", 1), "si_3": ("c", 1)}, "2026-01-10"
        )
        ledger.discount("off", "2026-01-10")
        # 34 + 33 + 33 cents come off: 24 - 1
        assert ledger.closing() == Decimal(23)

    def test_never_below_zero_and_then_given_away(self) -> None:
        ledger = company(("p", 800))
        ledger.coupon("c", minor=1000)
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
        ledger.discount("c", "2026-02-10")
        assert ledger.moved("2026-04-15") == {
            "2026-01-10": {"new_usd": "8"},
            "2026-02-10": {"paused_usd": "8"},
        }

    def test_a_customers_discount_works_where_the_subscription_has_none(self) -> None:
        ledger = company(("p", 800))
        ledger.coupon("own", percent="50")
        ledger.coupon("all", percent="25")
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
        ledger.subscribe("sub_2", {"si_2": ("p", 1)}, "2026-01-10")
        ledger.discount("own", "2026-01-10", subscription_id="sub_1")
        ledger.discount("all", "2026-01-10", subscription_id=None)
        assert ledger.closing() == Decimal(4) + Decimal(6)


class TestCurrencies:
    def euro(self, *, tax_inclusive: bool = False) -> MiniLedger:
        ledger = MiniLedger()
        ledger.customer("cus_1")
        ledger.price("p", 1000, currency="eur", tax_inclusive=tax_inclusive)
        ledger.price("q", 2000, currency="eur", tax_inclusive=tax_inclusive)
        ledger.fx("eur", "2026-01-01", "1.1")
        ledger.fx("eur", "2026-02-10", "1.2")
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10", currency="eur")
        return ledger

    def test_the_rate_of_the_periods_first_day_holds_until_the_renewal(self) -> None:
        ledger = self.euro()
        ledger.period("sub_1", "si_1", "2026-02-09 12:00:00")
        ledger.period("sub_1", "si_1", "2026-03-09 12:00:00")
        assert ledger.moved("2026-04-15") == {
            "2026-01-10": {"new_usd": "11"},
            "2026-03-09": {"fx_usd": "1"},
        }

    def test_before_the_first_rate_the_first_is_taken(self) -> None:
        ledger = MiniLedger()
        ledger.customer("cus_1")
        ledger.price("p", 1000, currency="eur")
        ledger.fx("eur", "2026-05-01", "1.3")
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10", currency="eur")
        assert ledger.closing() == 13

    def test_a_currency_without_a_rate_fails_by_name(self) -> None:
        ledger = MiniLedger()
        ledger.customer("cus_1")
        ledger.price("p", 1000, currency="gbp")
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10", currency="gbp")
        with pytest.raises(LookupError, match="gbp"):
            ledger.closing()

    def test_yen_have_no_minor_unit(self) -> None:
        ledger = MiniLedger()
        ledger.customer("cus_1")
        ledger.price("p", 1200, currency="jpy")
        ledger.fx("jpy", "2026-01-01", "0.0065")
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10", currency="jpy")
        assert ledger.closing() == Decimal("7.8")

    def test_a_change_and_a_new_rate_are_told_apart(self) -> None:
        ledger = self.euro()
        ledger.of(
            ItemChanged,
            "sub_1",
            "2026-02-10",
            item_id="si_1",
            old_price_id="p",
            old_quantity=1,
            price_id="q",
            quantity=1,
            prorated=False,
        )
        ledger.period("sub_1", "si_1", "2026-02-10")
        # 10 EUR re-rated from 1.1 to 1.2 is 1; the second 10 EUR at 1.2 are 12.
        assert ledger.moved("2026-04-15")["2026-02-10"] == {"fx_usd": "1", "expansion_usd": "12"}

    def test_a_change_within_a_period_keeps_its_rate(self) -> None:
        ledger = self.euro()
        ledger.of(
            ItemChanged,
            "sub_1",
            "2026-02-11",
            item_id="si_1",
            old_price_id="p",
            old_quantity=1,
            price_id="p",
            quantity=2,
            prorated=True,
        )
        assert ledger.moved("2026-04-15")["2026-02-11"] == {"expansion_usd": "11"}

    def test_the_tax_inside_a_price_is_no_revenue(self) -> None:
        ledger = self.euro(tax_inclusive=True)
        ledger.bill("si_1", "2026-01-10", amount=1000, tax=160)
        # 10 x (1 - 160 / 1000) x 1.1
        assert ledger.closing() == Decimal("9.24")

    def test_the_tax_of_the_last_regular_line_with_something_to_pay(self) -> None:
        ledger = self.euro(tax_inclusive=True)
        ledger.bill("si_1", "2026-01-10", amount=1000, tax=160)
        ledger.bill("si_1", "2026-02-09", amount=1000, tax=100, discount=500)
        ledger.bill("si_1", "2026-02-20", amount=700, tax=7, kind="proration_charge")
        ledger.bill("si_1", "2026-03-09", amount=0, tax=0)
        ledger.period("sub_1", "si_1", "2026-02-09")
        # From 9 February a fifth (100 of 500) is tax: 10 x 0.8 x 1.1; January keeps its own.
        assert ledger.closing("2026-01-01") == Decimal("9.24")
        assert ledger.closing("2026-02-01") == Decimal("8.8")
        assert ledger.closing("2026-03-01") == Decimal("8.8")
