"""What counts as MRR, from when to when, and how much: one small company per rule."""

from decimal import Decimal

import pytest
from mini_ledger import MiniLedger, at, company, day

from sandbox.ledger import (
    CancelRequested,
    IncompleteExpired,
    ItemAdded,
    ItemChanged,
    ItemRemoved,
    ItemTerms,
    SubscriptionPaused,
    SubscriptionRecovered,
    SubscriptionUnpaid,
    TrialEnded,
)


@pytest.mark.parametrize(
    ("interval", "interval_count", "minor", "mrr"),
    [
        ("month", 1, 800, "8"),
        ("month", 3, 800, "2.666667"),  # 8 / 3
        ("year", 1, 10000, "8.333333"),  # 100 / 12
        ("year", 2, 10000, "4.166667"),  # 100 / 24
        ("week", 1, 300, "13"),  # 3 x 52 / 12
        ("week", 2, 300, "6.5"),
        ("week", 1, 100, "4.333333"),
        ("day", 1, 100, "30.416667"),  # 365 / 12
    ],
)
def test_every_interval_is_told_in_months(
    interval: str, interval_count: int, minor: int, mrr: str
) -> None:
    ledger = MiniLedger()
    ledger.customer("cus_1")
    ledger.price("p", minor, interval, interval_count)
    ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
    assert ledger.closing() == Decimal(mrr)


def test_quantity_and_items_add_up_after_each_is_rounded() -> None:
    ledger = company(("small", 800), ("large", 2600))
    ledger.price("third", 100, interval_count=3)
    ledger.subscribe(
        "sub_1", {"si_1": ("small", 2), "si_2": ("third", 1), "si_3": ("third", 1)}, "2026-01-10"
    )
    # 16 + 0.333333 + 0.333333, not 16.666667
    assert ledger.closing() == Decimal("16.666666")


def test_ties_are_rounded_to_the_even_neighbour() -> None:
    ledger = MiniLedger()
    ledger.customer("cus_1")
    ledger.fx("eur", "2025-01-01", "1.000001")
    ledger.price("p", 50, currency="eur")
    ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10", currency="eur")
    # 0.5 x 1.000001 = 0.5000005: the even neighbour is 0.500000
    assert ledger.closing() == Decimal("0.500000")


def test_mrr_begins_when_the_first_real_invoice_is_paid() -> None:
    ledger = company(("p", 800))
    ledger.subscribe(
        "sub_1", {"si_1": ("p", 1)}, "2026-01-01", status="trialing", pays="2026-01-20 09:00:00"
    )
    ledger.of(TrialEnded, "sub_1", "2026-01-15")
    assert ledger.moved("2026-02-15") == {"2026-01-20": {"new_usd": "8"}}


def test_a_trial_and_an_incomplete_start_never_count() -> None:
    ledger = company(("p", 800))
    ledger.subscribe(
        "sub_1",
        {"si_1": ("p", 1)},
        "2026-01-01",
        status="trialing",
        pays=None,
        trial_ends="2026-01-15",
    )
    ledger.subscribe("sub_2", {"si_2": ("p", 1)}, "2026-01-03", status="incomplete", pays=None)
    ledger.of(IncompleteExpired, "sub_2", "2026-01-04")
    ledger.end("sub_1", "2026-01-14")
    assert ledger.moved("2026-02-15") == {}
    assert ledger.churned("2026-02-15") == []


def test_a_change_of_price_counts_from_its_day() -> None:
    ledger = company(("small", 800), ("large", 2600))
    ledger.subscribe("sub_1", {"si_1": ("small", 1)}, "2026-01-10")
    ledger.of(
        ItemChanged,
        "sub_1",
        "2026-01-20 12:00:00",
        item_id="si_1",
        old_price_id="small",
        old_quantity=1,
        price_id="large",
        quantity=1,
        prorated=True,
    )
    assert ledger.moved("2026-02-15") == {
        "2026-01-10": {"new_usd": "8"},
        "2026-01-20": {"expansion_usd": "18"},
    }


def test_items_come_and_go() -> None:
    ledger = company(("p", 800), ("extra", 300))
    ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
    ledger.of(
        ItemAdded,
        "sub_1",
        "2026-01-12",
        item=ItemTerms(item_id="si_2", price_id="extra", quantity=2),
    )
    ledger.of(ItemRemoved, "sub_1", "2026-01-20", item_id="si_2")
    assert ledger.moved("2026-02-15") == {
        "2026-01-10": {"new_usd": "8"},
        "2026-01-12": {"expansion_usd": "6"},
        "2026-01-20": {"contraction_usd": "6"},
    }


class TestGrace:
    def failing(self, failed_at: str) -> MiniLedger:
        ledger = company(("p", 800))
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-01")
        ledger.fail("sub_1", failed_at)
        return ledger

    def test_it_ends_720_hours_after_the_first_failed_attempt(self) -> None:
        ledger = self.failing("2026-02-01 10:00:00")
        # 30 x 24 h later it is 3 March, 10:00.
        assert ledger.moved("2026-04-15")["2026-03-03"] == {"churn_usd": "8"}
        assert ledger.churned("2026-04-15") == [("2026-03-03", "8", "involuntary_payment")]

    def test_at_midnight_the_day_before_still_counts(self) -> None:
        ledger = self.failing("2026-02-01")
        assert "2026-03-02" not in ledger.moved("2026-04-15")
        assert ledger.moved("2026-04-15")["2026-03-03"] == {"churn_usd": "8"}

    def test_later_attempts_do_not_prolong_it(self) -> None:
        ledger = self.failing("2026-02-01 10:00:00")
        ledger.fail("sub_1", "2026-02-20", opens_spell=False)
        assert "2026-03-03" in ledger.moved("2026-04-15")

    def test_who_pays_in_time_never_left(self) -> None:
        ledger = self.failing("2026-02-01 10:00:00")
        ledger.of(SubscriptionRecovered, "sub_1", "2026-02-13")
        assert ledger.moved("2026-04-15") == {"2026-01-01": {"new_usd": "8"}}

    def test_who_pays_later_comes_back(self) -> None:
        ledger = self.failing("2026-02-01 10:00:00")
        ledger.of(SubscriptionRecovered, "sub_1", "2026-03-20")
        assert ledger.moved("2026-04-15")["2026-03-20"] == {"reactivation_usd": "8"}

    def test_unpaid_ends_it_at_once(self) -> None:
        ledger = self.failing("2026-02-01 10:00:00")
        ledger.of(SubscriptionUnpaid, "sub_1", "2026-02-15 10:00:00")
        assert ledger.churned("2026-04-15") == [("2026-02-15", "8", "involuntary_payment")]

    def test_a_trials_late_first_payment_ends_its_spell(self) -> None:
        ledger = company(("p", 800))
        ledger.subscribe(
            "sub_1", {"si_1": ("p", 1)}, "2026-01-01", status="trialing", pays="2026-01-25"
        )
        ledger.fail("sub_1", "2026-01-15")
        assert ledger.moved("2026-04-15") == {"2026-01-25": {"new_usd": "8"}}


class TestMidnight:
    def test_a_year_that_is_cancelled_at_once_is_over_at_once(self) -> None:
        ledger = MiniLedger()
        ledger.customer("cus_1")
        ledger.price("p", 9600, "year")
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
        ledger.end("sub_1", "2026-02-10 12:00")
        assert [ledger.closing(f"2026-0{month}-01") for month in (1, 2, 3)] == [8, 0, 0]
        assert ledger.churned("2026-04-15") == [("2026-02-10", "8", "voluntary")]

    def test_what_ends_at_midnight_is_in_on_the_day_it_ends(self) -> None:
        ledger = company(("p", 800))
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
        ledger.end("sub_1", "2026-02-01")
        assert ledger.closing("2026-01-01") == 8
        assert ledger.churned("2026-04-15") == [("2026-02-01", "8", "voluntary")]

    def test_what_starts_at_midnight_is_out_the_day_before(self) -> None:
        ledger = company(("p", 800))
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-02-01")
        assert ledger.month("2026-04-15", "2026-02-01")["opening_usd"] == 0
        assert ledger.month("2026-04-15", "2026-02-01")["new_usd"] == 8


def test_the_end_counts_and_not_the_wish_for_it() -> None:
    ledger = company(("p", 800))
    ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
    ledger.of(CancelRequested, "sub_1", "2026-01-20", effective_at=at("2026-02-10"), feedback=None)
    ledger.end("sub_1", "2026-02-10")
    assert ledger.closing("2026-01-01") == 8
    assert ledger.churned("2026-04-15") == [("2026-02-10", "8", "voluntary")]


def test_a_paused_subscription_earns_nothing() -> None:
    ledger = company(("p", 800))
    ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
    ledger.of(SubscriptionPaused, "sub_1", "2026-02-10")
    row = ledger.month("2026-04-15", "2026-02-01")
    assert (row["closing_usd"], row["paused_usd"], row["churn_usd"]) == (0, 8, 0)
    assert row["month"] == day("2026-02-01")
