"""How a customer's MRR moves: new, back, paused, resumed, up, down; by day and by month."""

from mini_ledger import MiniLedger, company

from sandbox.ledger import (
    SubscriptionPaused,
    SubscriptionResumed,
)
from sandbox.truth.movements import AMOUNTS

NOW = "2026-06-15"


def paused(*spans: tuple[str, str | None]) -> MiniLedger:
    ledger = company(("p", 2000), ("q", 3000))
    ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
    for start, end in spans:
        ledger.of(SubscriptionPaused, "sub_1", start)
        if end:
            ledger.of(SubscriptionResumed, "sub_1", end)
    return ledger


class TestPauses:
    def test_paused_and_resumed_are_neither_churn_nor_reactivation(self) -> None:
        ledger = paused(("2026-02-10", "2026-04-10"))
        assert ledger.moved(NOW) == {
            "2026-01-10": {"new_usd": "20"},
            "2026-02-10": {"paused_usd": "20"},
            "2026-04-10": {"resumed_usd": "20"},
        }
        assert ledger.churned(NOW) == []
        assert ledger.month(NOW, "2026-02-01")["customers_paused"] == 1
        assert ledger.month(NOW, "2026-04-01")["customers_resumed"] == 1

    def test_resumed_at_another_price(self) -> None:
        dearer = paused(("2026-02-10", "2026-04-10"))
        dearer.switch("2026-03-01", "p", "q")
        assert dearer.moved(NOW)["2026-04-10"] == {"resumed_usd": "20", "expansion_usd": "10"}
        cheaper = paused(("2026-02-10", "2026-04-10"))
        cheaper.price("r", 500)
        cheaper.switch("2026-03-01", "p", "r")
        assert cheaper.moved(NOW)["2026-04-10"] == {"resumed_usd": "20", "contraction_usd": "15"}

    def test_cancelled_while_paused_is_a_churn_event_without_churned_mrr(self) -> None:
        ledger = paused(("2026-02-10", None))
        ledger.end("sub_1", "2026-03-05")
        assert ledger.churned(NOW) == [("2026-03-05", "20", "voluntary")]
        assert "2026-03-05" not in ledger.moved(NOW)
        assert ledger.month(NOW, "2026-03-01")["churn_usd"] == 0
        assert ledger.month(NOW, "2026-03-01")["customers_churned"] == 0

    def test_paused_and_cancelled_within_a_month_is_that_months_churn(self) -> None:
        ledger = paused(("2026-02-10", None))
        ledger.end("sub_1", "2026-02-20")
        assert ledger.month(NOW, "2026-02-01")["churn_usd"] == 20
        assert ledger.retention(NOW, "2026-02-01")["voluntary_churn_usd"] == 20

    def test_one_of_two_subscriptions_is_paused_for_its_part(self) -> None:
        ledger = paused(("2026-02-10", "2026-04-10"))
        ledger.subscribe("sub_2", {"si_2": ("q", 1)}, "2026-01-10")
        assert ledger.moved(NOW) == {
            "2026-01-10": {"new_usd": "50"},
            "2026-02-10": {"paused_usd": "20"},
            "2026-04-10": {"resumed_usd": "20"},
        }
        assert ledger.month(NOW, "2026-02-01")["customers_paused"] == 0

    def test_new_and_paused_in_one_month_resumes_later(self) -> None:
        ledger = paused(("2026-01-20", "2026-03-20"))
        assert list(ledger.moved(NOW, "month")) == [
            "2026-03-01",
            "2026-04-01",
            "2026-05-01",
            "2026-06-01",
        ]
        assert ledger.month(NOW, "2026-03-01")["resumed_usd"] == 20


class TestGivenAway:
    def test_a_gift_after_payments_is_like_a_pause(self) -> None:
        ledger = company(("p", 2000))
        ledger.coupon("gift", percent="100", duration="repeating")
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
        ledger.discount("gift", "2026-02-10", "2026-04-10")
        assert ledger.moved(NOW) == {
            "2026-01-10": {"new_usd": "20"},
            "2026-02-10": {"paused_usd": "20"},
            "2026-04-10": {"resumed_usd": "20"},
        }

    def test_the_first_paid_month_after_a_gift_is_new(self) -> None:
        ledger = company(("p", 2000))
        ledger.coupon("gift", percent="100", duration="repeating")
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
        ledger.discount("gift", "2026-01-10", "2026-04-10")
        assert ledger.moved(NOW) == {"2026-04-10": {"new_usd": "20"}}
        assert ledger.month(NOW, "2026-04-01")["customers_new"] == 1

    def test_a_gift_that_ends_unpaid_is_no_churn(self) -> None:
        ledger = company(("p", 2000))
        ledger.coupon("gift", percent="100")
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
        ledger.discount("gift", "2026-01-10")
        ledger.end("sub_1", "2026-03-10")
        assert ledger.churned(NOW) == []

    def test_a_free_start_is_new_when_it_is_first_paid(self) -> None:
        ledger = company(("free", 0), ("p", 2000))
        ledger.subscribe("sub_1", {"si_1": ("free", 1)}, "2026-01-10")
        ledger.switch("2026-03-10", "free", "p")
        assert ledger.moved(NOW) == {"2026-03-10": {"new_usd": "20"}}


class TestComingBack:
    def test_after_one_day_without(self) -> None:
        ledger = company(("p", 2000))
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
        ledger.end("sub_1", "2026-02-10 10:00:00")
        ledger.subscribe("sub_2", {"si_2": ("p", 1)}, "2026-02-11 10:00:00")
        assert ledger.moved(NOW) == {
            "2026-01-10": {"new_usd": "20"},
            "2026-02-10": {"churn_usd": "20"},
            "2026-02-11": {"reactivation_usd": "20"},
        }
        # Between the month ends nothing happened.
        assert ledger.month(NOW, "2026-02-01")["churn_usd"] == 0

    def test_cancel_and_recreate_on_one_day_is_one_change(self) -> None:
        ledger = company(("p", 2000), ("q", 3000))
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
        ledger.end("sub_1", "2026-02-10 10:00:00")
        ledger.subscribe("sub_2", {"si_2": ("q", 1)}, "2026-02-10 10:05:00")
        assert ledger.moved(NOW)["2026-02-10"] == {"expansion_usd": "10"}
        assert ledger.churned(NOW) == []

    def test_who_came_and_went_in_an_earlier_month_is_reactivated(self) -> None:
        ledger = company(("p", 2000))
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
        ledger.end("sub_1", "2026-01-20")
        ledger.subscribe("sub_2", {"si_2": ("p", 1)}, "2026-03-10")
        row = ledger.month(NOW, "2026-03-01")
        assert (row["new_usd"], row["reactivation_usd"]) == (0, 20)
        assert (row["customers_new"], row["customers_reactivated"]) == (0, 1)
        assert ledger.month(NOW, "2026-01-01")["new_usd"] == 0

    def test_who_came_went_and_came_again_in_one_month_is_new(self) -> None:
        ledger = company(("p", 2000))
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-05")
        ledger.end("sub_1", "2026-01-10")
        ledger.subscribe("sub_2", {"si_2": ("p", 1)}, "2026-01-20")
        assert ledger.month(NOW, "2026-01-01")["new_usd"] == 20

    def test_in_place_of_a_paused_one(self) -> None:
        ledger = paused(("2026-02-10", None))
        ledger.end("sub_1", "2026-03-10 10:00:00")
        ledger.subscribe("sub_2", {"si_2": ("q", 1)}, "2026-03-10 10:05:00")
        assert ledger.moved(NOW)["2026-03-10"] == {"resumed_usd": "20", "expansion_usd": "10"}


class TestAGiftInPlaceOfWhatWasPaid:
    def given(self, gift_starts: str) -> MiniLedger:
        ledger = company(("p", 2000), ("q", 3000))
        ledger.coupon("gift", percent="100", duration="repeating")
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
        ledger.end("sub_1", "2026-02-10 08:00:00")
        ledger.subscribe("sub_2", {"si_2": ("q", 1)}, gift_starts)
        ledger.discount("gift", gift_starts, "2026-04-10", subscription_id="sub_2")
        return ledger

    def test_on_the_same_day_it_is_a_pause(self) -> None:
        ledger = self.given("2026-02-10 09:00:00")
        assert ledger.churned(NOW) == []
        assert ledger.moved(NOW) == {
            "2026-01-10": {"new_usd": "20"},
            "2026-02-10": {"paused_usd": "20"},
            "2026-04-10": {"resumed_usd": "20", "expansion_usd": "10"},
        }
        ledger.end("sub_2", "2026-03-15")
        assert ledger.churned(NOW) == [("2026-03-15", "20", "voluntary")]

    def test_to_somebody_who_had_left_it_holds_nothing(self) -> None:
        ledger = self.given("2026-02-15")
        assert ledger.churned(NOW) == [("2026-02-10", "20", "voluntary")]
        assert ledger.moved(NOW)["2026-04-10"] == {"reactivation_usd": "30"}
        assert ledger.month(NOW, "2026-02-01")["churn_usd"] == 20
        ledger.end("sub_2", "2026-03-15")
        assert len(ledger.churned(NOW)) == 1


def test_movements_add_up() -> None:
    for row in paused(("2026-02-10", "2026-04-10")).expected(NOW, "fct_mrr_movements"):
        up = sum(row[name] for name in AMOUNTS[:5]) + row["fx_usd"]
        assert row["closing_usd"] == up - sum(row[name] for name in AMOUNTS[5:8])
