"""Who left, with how much and why; and what share of customers and MRR stayed."""

from datetime import date
from decimal import Decimal

import pytest
from mini_ledger import MiniLedger, company

from sandbox.ledger import ItemChanged, SubscriptionUnpaid
from sandbox.truth.calendar import months_before

NOW = "2026-06-15"


def two_subscriptions() -> MiniLedger:
    ledger = company(("small", 800), ("large", 2600))
    ledger.subscribe("sub_1", {"si_1": ("small", 1)}, "2026-01-10")
    ledger.subscribe("sub_2", {"si_2": ("large", 1)}, "2026-01-10")
    return ledger


class TestTypes:
    @pytest.mark.parametrize(
        ("cause", "churn_type"),
        [
            ("request", "voluntary"),
            ("payment_failed", "involuntary_payment"),
            ("payment_disputed", "involuntary_dispute"),
        ],
    )
    def test_by_the_cause_of_the_end(self, cause: str, churn_type: str) -> None:
        ledger = company(("p", 800))
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
        ledger.end("sub_1", "2026-03-10", cause)
        assert ledger.churned(NOW) == [("2026-03-10", "8", churn_type)]

    @pytest.mark.parametrize(
        ("deleted", "churn_type"),
        [
            ("2026-03-10 10:00:00", "admin"),
            ("2026-03-10 10:01:00", "admin"),
            ("2026-03-10 10:01:01", "voluntary"),
            ("2026-05-10 10:00:00", "voluntary"),
        ],
    )
    def test_deleted_within_a_minute_of_the_end(self, deleted: str, churn_type: str) -> None:
        ledger = company(("p", 800))
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
        ledger.end("sub_1", "2026-03-10 10:00:00")
        ledger.delete_customer("cus_1", deleted)
        assert ledger.churned(NOW) == [("2026-03-10", "8", churn_type)]

    @pytest.mark.parametrize(("price", "quantity"), [("free", 1), ("p", 0)])
    def test_alive_but_worth_nothing(self, price: str, quantity: int) -> None:
        ledger = company(("p", 800), ("free", 0))
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
        ledger.of(
            ItemChanged,
            "sub_1",
            "2026-03-10",
            item_id="si_1",
            old_price_id="p",
            old_quantity=1,
            price_id=price,
            quantity=quantity,
            prorated=False,
        )
        assert ledger.churned(NOW) == [("2026-03-10", "8", "to_free")]
        assert ledger.retention(NOW, "2026-03-01")["voluntary_churn_usd"] == 8

    def test_ended_long_after_it_stopped_counting_leaves_once(self) -> None:
        ledger = company(("p", 800))
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
        ledger.of(SubscriptionUnpaid, "sub_1", "2026-02-20")
        ledger.end("sub_1", "2026-04-20")
        assert ledger.churned(NOW) == [("2026-02-20", "8", "involuntary_payment")]


class TestSeveralSubscriptions:
    def test_the_first_to_end_is_a_contraction(self) -> None:
        ledger = two_subscriptions()
        ledger.end("sub_2", "2026-02-10")
        ledger.end("sub_1", "2026-03-10")
        assert ledger.moved(NOW)["2026-02-10"] == {"contraction_usd": "26"}
        assert ledger.churned(NOW) == [("2026-03-10", "8", "voluntary")]

    def test_on_one_day_the_larger_decides(self) -> None:
        ledger = two_subscriptions()
        ledger.end("sub_2", "2026-03-10 08:00:00", "payment_failed")
        ledger.end("sub_1", "2026-03-10 20:00:00", "request")
        assert ledger.churned(NOW) == [("2026-03-10", "34", "involuntary_payment")]

    def test_the_type_of_a_month_is_that_of_the_last_event(self) -> None:
        ledger = company(("p", 800), ("q", 2600))
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
        ledger.end("sub_1", "2026-02-05", "payment_failed")
        ledger.subscribe("sub_2", {"si_2": ("q", 1)}, "2026-02-10")
        ledger.end("sub_2", "2026-02-20", "request")
        row = ledger.retention(NOW, "2026-02-01")
        # The month's opening MRR, by the last event's type.
        assert (row["voluntary_churn_usd"], row["involuntary_churn_usd"]) == (8, 0)


class TestRates:
    def market(self) -> MiniLedger:
        """Four customers of $20 from January; one leaves, one shrinks, one grows in March."""
        ledger = company(("p", 2000), ("half", 1000), ("double", 4000))
        for number in range(1, 6):
            ledger.customer(f"cus_{number}")
            ledger.subscribe(
                f"sub_{number}",
                {f"si_{number}": ("p", 1)},
                "2026-01-10" if number < 5 else "2026-03-10",
                customer_id=f"cus_{number}",
            )
        ledger.end("sub_1", "2026-03-15")
        for number, price in ((2, "half"), (3, "double")):
            ledger.of(
                ItemChanged,
                f"sub_{number}",
                "2026-03-20",
                item_id=f"si_{number}",
                old_price_id="p",
                old_quantity=1,
                price_id=price,
                quantity=1,
                prorated=True,
            )
        return ledger

    def test_a_months_rates(self) -> None:
        row = self.market().retention(NOW, "2026-03-01")
        # Opening 80: churn 20, contraction 10, expansion 20 (new 20 is left out).
        assert row["logo_churn_rate"] == Decimal("0.25")
        assert row["gross_mrr_churn_rate"] == Decimal("0.375")
        assert row["net_mrr_churn_rate"] == Decimal("0.125")
        # Then 4 x 20; now 0, 10, 40, 20: the lesser are 0, 10, 20, 20.
        assert row["grr_1m"] == Decimal("0.625")
        assert row["nrr_1m"] == Decimal("0.875")

    def test_three_months_back(self) -> None:
        ledger = self.market()
        april = ledger.retention(NOW, "2026-04-01")
        assert (april["grr_3m"], april["nrr_3m"]) == (Decimal("0.625"), Decimal("0.875"))
        assert (april["grr_1m"], april["nrr_1m"]) == (1, 1)
        assert april["grr_12m"] is None

    def test_a_rate_without_a_base_is_null(self) -> None:
        row = self.market().retention(NOW, "2026-01-01")
        rates = {name: value for name, value in row.items() if name.endswith(("rate", "m"))}
        assert set(rates.values()) == {None}
        assert row["voluntary_churn_usd"] == 0

    def test_rates_are_rounded_to_six_places(self) -> None:
        ledger = company(("p", 2000))
        for number in (1, 2, 3):
            ledger.customer(f"cus_{number}")
            ledger.subscribe(
                f"sub_{number}",
                {f"si_{number}": ("p", 1)},
                "2026-01-10",
                customer_id=f"cus_{number}",
            )
        ledger.end("sub_1", "2026-02-10")
        row = ledger.retention(NOW, "2026-02-01")
        assert row["logo_churn_rate"] == Decimal("0.333333")
        assert row["grr_1m"] == Decimal("0.666667")

    def test_churn_by_kind_sums_to_churn(self) -> None:
        ledger = company(("p", 2000))
        causes = ("request", "payment_failed", "payment_disputed", "deletion")
        for number, cause in enumerate(causes, start=1):
            ledger.customer(f"cus_{number}")
            ledger.subscribe(
                f"sub_{number}",
                {f"si_{number}": ("p", number)},
                "2026-01-10",
                customer_id=f"cus_{number}",
            )
            ledger.end(f"sub_{number}", "2026-02-10", cause)
        ledger.delete_customer("cus_4", "2026-02-10")
        row = ledger.retention(NOW, "2026-02-01")
        assert row["voluntary_churn_usd"] == 20
        assert row["involuntary_churn_usd"] == 100
        assert row["admin_churn_usd"] == 80
        assert ledger.month(NOW, "2026-02-01")["churn_usd"] == 200


def test_months_are_counted_back_over_years() -> None:
    assert months_before(date(2026, 2, 1), 3) == date(2025, 11, 1)
    assert months_before(date(2026, 2, 1), 12) == date(2025, 2, 1)
