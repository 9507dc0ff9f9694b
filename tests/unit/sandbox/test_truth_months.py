"""Whose the movements are, and what a month makes of them."""

from decimal import Decimal

from mini_ledger import MiniLedger, at, company, day

from sandbox.ledger import (
    CancelRequested,
    CancelRescinded,
    SubscriptionPaused,
    UserDeleted,
)

NOW = "2026-06-15"


class TestWhoIsWho:
    def two_customers_of_one_user(self) -> MiniLedger:
        ledger = MiniLedger()
        ledger.price("p", 2000)
        ledger.user("user_1")
        ledger.customer("cus_1", "user_1", "user")
        ledger.customer("cus_2", "user_1", "metadata")
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
        ledger.subscribe("sub_2", {"si_2": ("p", 2)}, "2026-02-10", customer_id="cus_2")
        ledger.end("sub_1", "2026-03-10")
        return ledger

    def test_several_stripe_customers_of_one_user_are_one(self) -> None:
        ledger = self.two_customers_of_one_user()
        assert ledger.moved(NOW) == {
            "2026-01-10": {"new_usd": "20"},
            "2026-02-10": {"expansion_usd": "40"},
            "2026-03-10": {"contraction_usd": "20"},
        }
        keys = {row["customer_key"] for row in ledger.expected(NOW, "fct_mrr_movements")}
        assert keys == {"user_1"}

    def test_a_link_to_a_user_deleted_before_the_first_pull_is_none(self) -> None:
        ledger = self.two_customers_of_one_user()
        ledger.add(UserDeleted(at=at("2026-05-01"), user_id="user_1"))
        keys = {row["customer_key"] for row in ledger.expected(NOW, "fct_mrr_movements")}
        assert keys == {"cus_1", "cus_2"}
        known = ledger.expected(NOW, "fct_mrr_movements", pulls=[at("2026-04-01")])
        assert {row["customer_key"] for row in known} == {"user_1"}

    def test_the_companys_own_accounts_are_no_customers(self) -> None:
        ledger = MiniLedger()
        ledger.price("p", 2000)
        ledger.user("boss", role="ADMIN")
        ledger.user("tester")
        ledger.user("friend")
        for number, user in enumerate(("boss", "tester", "friend", None), start=1):
            ledger.customer(f"cus_{number}", user)
            ledger.subscribe(
                f"sub_{number}",
                {f"si_{number}": ("p", 1)},
                "2026-01-10",
                customer_id=f"cus_{number}",
            )
        ledger.exclude("tester")
        ledger.exclude("cus_3")
        assert ledger.month(NOW, "2026-01-01")["customers_closing"] == 1


class TestMonths:
    def test_every_figure_of_a_month(self) -> None:
        ledger = company(("p", 2000), ("q", 3000))
        for number in range(1, 7):
            ledger.customer(f"cus_{number}")
        for number, start in ((1, "01-10"), (2, "01-10"), (3, "01-10"), (4, "01-10"), (5, "02-10")):
            ledger.subscribe(
                f"sub_{number}",
                {f"si_{number}": ("p", 1)},
                f"2026-{start}",
                customer_id=f"cus_{number}",
            )
        ledger.switch("2026-02-12", "p", "q", quantity=2)
        ledger.end("sub_2", "2026-02-15")
        ledger.of(SubscriptionPaused, "sub_3", "2026-02-20")
        row = ledger.month(NOW, "2026-02-01")
        assert row == {
            "month": day("2026-02-01"),
            "opening_usd": 80,
            "new_usd": 20,
            "expansion_usd": 40,
            "reactivation_usd": 0,
            "resumed_usd": 0,
            "contraction_usd": 0,
            "churn_usd": 20,
            "paused_usd": 20,
            "fx_usd": 0,
            "closing_usd": 100,
            "customers_opening": 4,
            "customers_new": 1,
            "customers_reactivated": 0,
            "customers_resumed": 0,
            "customers_churned": 1,
            "customers_paused": 1,
            "customers_closing": 3,
            "arr_usd": 1200,
            "arpa_usd": Decimal("33.333333"),
            "quick_ratio": 3,
            "committed_mrr_usd": 100,
            "at_risk_mrr_usd": 0,
            "is_final": True,
        }

    def test_what_was_asked_to_end_is_not_committed_and_what_is_owed_is_at_risk(self) -> None:
        ledger = company(("p", 2000))
        for number in range(1, 4):
            ledger.subscribe(f"sub_{number}", {f"si_{number}": ("p", number)}, "2026-01-10")
        end = at("2026-03-10")
        ledger.of(CancelRequested, "sub_1", "2026-01-31", effective_at=end, feedback=None)
        ledger.of(CancelRescinded, "sub_1", "2026-02-20")
        ledger.of(CancelRequested, "sub_2", "2026-01-31", effective_at=end, feedback=None)
        ledger.fail("sub_3", "2026-02-10")
        ledger.end("sub_2", "2026-03-10")

        def told(month: str) -> tuple[Decimal, Decimal]:
            row = ledger.month("2026-03-01", month)
            return row["committed_mrr_usd"], row["at_risk_mrr_usd"]

        assert told("2026-01-01") == (60, 0)
        assert told("2026-02-01") == (80, 60)

    def test_a_wish_taken_back_before_all_events_is_unknown(self) -> None:
        ledger = company(("p", 2000))
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
        end = at("2026-03-10")
        ledger.of(CancelRequested, "sub_1", "2026-01-31", effective_at=end, feedback=None)
        ledger.of(CancelRescinded, "sub_1", "2026-02-20")
        january = "2026-01-01"
        assert ledger.month("2026-03-22", january)["committed_mrr_usd"] == 0
        assert ledger.month("2026-03-23", january)["committed_mrr_usd"] == 20
        row = ledger.month("2026-03-23", january, pulls=[at("2026-02-28")])
        assert row["committed_mrr_usd"] == 0

    def test_rates_of_nothing_are_null(self) -> None:
        ledger = company(("p", 2000))
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-02-10")
        january, february = (ledger.month(NOW, f"2026-0{n}-01") for n in (1, 2))
        assert (january["arpa_usd"], january["quick_ratio"]) == (None, None)
        assert (february["arpa_usd"], february["quick_ratio"]) == (20, None)

    def test_the_running_month_shows_the_end_of_yesterday(self) -> None:
        ledger = company(("p", 2000))
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-06-14 23:00:00")
        ledger.subscribe("sub_2", {"si_2": ("p", 1)}, "2026-06-15 01:00:00")
        row = ledger.month("2026-06-15 17:00:00", "2026-06-01")
        assert (row["closing_usd"], row["is_final"]) == (20, False)

    def test_a_month_is_final_once_its_last_day_is_over(self) -> None:
        ledger = company(("p", 2000))
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-05-14")
        assert ledger.month("2026-05-31 23:59:59", "2026-05-01")["is_final"] is False
        rows = ledger.expected("2026-06-01", "agg_mrr_monthly")
        assert [(row["month"], row["is_final"]) for row in rows[-1:]] == [(day("2026-05-01"), True)]

    def test_facts_after_now_are_not_known(self) -> None:
        ledger = company(("p", 2000))
        ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
        ledger.end("sub_1", "2026-03-10")
        assert ledger.month("2026-03-09", "2026-03-01")["closing_usd"] == 20
