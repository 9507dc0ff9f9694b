"""Cash, videos, active users and what the providers cost."""

from decimal import Decimal
from typing import Any

import pytest
from mini_ledger import MiniLedger, at, day

from sandbox.ledger import UserDeleted, UserLoggedIn
from sandbox.truth.cash import cash_class

NOW = "2026-03-10 12:00:00"


def studio(*, bills_failures: bool = True) -> MiniLedger:
    ledger = MiniLedger()
    ledger.user("user_1")
    ledger.user("boss", role="ADMIN")
    ledger.provider_rate(
        "LUMA_V1", "0.0032", valid_to="2026-03-05 14:00:00", bills_failures=bills_failures
    )
    ledger.provider_rate(
        "LUMA_V1", "0.004", valid_from="2026-03-05 14:00:00", bills_failures=bills_failures
    )
    ledger.provider_rate("KLING_V1", "0.0000000005")
    return ledger


def cost_on(ledger: MiniLedger, on: str, provider: str = "LUMA_V1") -> dict[str, Any]:
    rows = ledger.expected(NOW, "agg_provider_daily")
    return next(row for row in rows if (row["date"], row["provider"]) == (day(on), provider))


class TestCash:
    def test_by_day_currency_and_class(self) -> None:
        ledger = MiniLedger()
        ledger.move("2026-03-01 00:00:00", "charge", 800, fee=53)
        ledger.move("2026-03-01 23:59:59", "charge", 2600, fee=105)
        ledger.move("2026-03-01 10:00:00", "charge", 1200, currency="jpy")
        ledger.move("2026-03-01 10:00:00", "partial_capture_reversal", -100)
        ledger.move("2026-03-10 10:00:00", "charge", 999)  # today's, so not yet
        assert ledger.expected(NOW, "agg_cash_daily") == [
            {
                "date": day("2026-03-01"),
                "currency": currency,
                "cash_class": name,
                "transactions": transactions,
                "amount_minor": amount,
                "fee_minor": fee,
                "net_minor": amount - fee,
            }
            for currency, name, transactions, amount, fee in (
                ("jpy", "sale", 1, 1200, 0),
                ("usd", "refund", 1, -100, 0),
                ("usd", "sale", 2, 3400, 158),
            )
        ]

    @pytest.mark.parametrize(
        ("category", "name"),
        [
            ("charge_failure", "sale"),
            ("refund_failure", "refund"),
            ("dispute_reversal", "dispute_reversal"),
            ("network_cost", "fee"),
            ("payout_reversal", "payout_reversal"),
            ("risk_reserved_funds", "reserve"),
            ("topup", "adjustment"),
            ("never heard of", "other"),
        ],
    )
    def test_every_category_has_one_class(self, category: str, name: str) -> None:
        assert cash_class(category) == name


class TestVideos:
    def test_dated_by_the_request_with_todays_status(self) -> None:
        ledger = studio()
        ledger.video("v1", "2026-03-01 23:59:00", finished="2026-03-02 00:05:00")
        ledger.video("v2", "2026-03-01 10:00:00", status="FAILED", finished="2026-03-10 09:00:00")
        ledger.video("v3", "2026-03-01 10:00:00", status=None, credits_used=7)
        ledger.video("v4", "2026-03-01 10:00:00", status="FAILED", finished="2026-03-11")
        ledger.video("v5", "2026-03-01", user_id="boss")
        ledger.video("v6", "2026-03-10 10:00:00")  # today's
        ledger.give_back("v2", 10, "2026-03-10 09:00:00")
        assert ledger.expected(NOW, "agg_usage_daily") == [
            {
                "date": day("2026-03-01"),
                "provider": "LUMA_V1",
                "videos_requested": 5,
                "videos_completed": 2,
                "videos_failed": 1,
                "credits_used": 47,
                "credits_refunded": 10,
            }
        ]


class TestActiveUsers:
    def rows(self, ledger: MiniLedger, **options: Any) -> dict[Any, dict[str, Any]]:
        return {r["date"]: r for r in ledger.expected(NOW, "agg_active_users_daily", **options)}

    def test_windows_end_with_the_day(self) -> None:
        ledger = studio()
        ledger.user("user_2", signed_up="2025-12-01")
        ledger.video("v1", "2026-02-01 12:00:00")
        ledger.video("v2", "2026-02-01 13:00:00")
        ledger.video("v3", "2026-02-07 12:00:00", user_id="user_2")
        ledger.video("v4", "2026-02-07 12:00:00", user_id="boss")
        rows = self.rows(ledger)

        def counts(on: str) -> tuple[int, int, int]:
            return tuple(rows[day(on)][name] for name in ("dau", "wau", "mau"))  # type: ignore[return-value]

        assert counts("2026-02-01") == (1, 1, 1)
        assert counts("2026-02-07") == (1, 2, 2)  # the 1st is the 7th day back
        assert counts("2026-02-08") == (0, 1, 2)
        assert counts("2026-03-02") == (0, 0, 2)  # and the 30th day back
        assert counts("2026-03-03") == (0, 0, 1)
        assert rows[day("2026-02-07")]["stickiness"] == Decimal("0.5")
        assert rows[day("2026-03-09")]["stickiness"] is None
        assert max(rows) == day("2026-03-09")

    def test_who_was_deleted_before_the_first_pull_is_unknown_but_active(self) -> None:
        ledger = studio()
        ledger.video("v1", "2026-02-01")
        ledger.video("v2", "2026-02-01", user_id="boss")
        ledger.add(UserDeleted(at=at("2026-02-20"), user_id="user_1"))
        ledger.add(UserDeleted(at=at("2026-02-20"), user_id="boss"))
        assert self.rows(ledger)[day("2026-02-01")]["dau"] == 2
        assert self.rows(ledger, pulls=[at("2026-02-10")])[day("2026-02-01")]["dau"] == 1

    def test_logins_are_known_from_snapshots_only(self) -> None:
        ledger = studio()
        for name, when in (("user_1", "2026-02-01"), ("boss", "2026-03-08")):
            ledger.add(UserLoggedIn(at=at(when), user_id=name))
        rows = self.rows(ledger)
        assert {row["logged_in_30d"] for row in rows.values()} == {None}
        rows = self.rows(ledger, pulls=[at("2026-03-01")])
        assert rows[day("2026-02-28")]["logged_in_30d"] is None
        assert rows[day("2026-03-02")]["logged_in_30d"] == 1
        assert rows[day("2026-03-03")]["logged_in_30d"] == 0


class TestProviderCost:
    def test_the_new_rate_holds_from_its_instant(self) -> None:
        ledger = studio()
        for number, when in enumerate(("13:59:59", "14:00:00", "14:00:01")):
            ledger.video(f"v{number}", "2026-03-05 12:00:00")
            ledger.call(f"c{number}", f"v{number}", f"2026-03-05 {when}")
        # 100 x 0.0032 + 2 x 100 x 0.004
        assert cost_on(ledger, "2026-03-05")["cost_usd"] == Decimal("1.12")

    def test_every_figure_of_a_day(self) -> None:
        ledger = studio()
        ledger.video("ok", "2026-03-01 10:00:00")
        ledger.video("retried", "2026-03-01 10:00:00", user_id="boss")
        ledger.video("failed", "2026-03-01 10:00:00", status="FAILED")
        ledger.video("waiting", "2026-03-01 10:00:00", status=None)
        ledger.call("c1", "ok", "2026-03-01 10:00:00", reported="0.30")
        ledger.call("c2", "retried", "2026-03-01 10:00:00", credits_used=200)
        ledger.call("c3", "retried", "2026-03-01 10:05:00", credits_used=200, reported="0.7")
        ledger.call("c4", "failed", "2026-03-01 10:00:00", credits_used=300)
        ledger.call("c5", "waiting", "2026-03-01 10:00:00", credits_used=400)
        assert cost_on(ledger, "2026-03-01") == {
            "date": day("2026-03-01"),
            "provider": "LUMA_V1",
            "calls": 5,
            "videos": 4,
            "credits": 1200,
            "cost_usd": Decimal("3.84"),
            # The first try of the retried one, and the failed one: 500 credits.
            "wasted_cost_usd": Decimal("1.6"),
            "app_reported_cost_usd": 1,
            # 0.30 - 0.32 and 0.70 - 0.64
            "variance_usd": Decimal("0.04"),
            "cost_per_completed_video_usd": Decimal("1.92"),
            "internal_cost_usd": Decimal("1.28"),
        }

    def test_a_retry_on_another_day_makes_the_first_call_wasted(self) -> None:
        ledger = studio()
        ledger.video("v", "2026-03-01")
        ledger.call("c1", "v", "2026-03-01 10:00:00")
        assert cost_on(ledger, "2026-03-01")["wasted_cost_usd"] == 0
        ledger.call("c2", "v", "2026-03-10 10:00:00", provider="KLING_V1")
        assert cost_on(ledger, "2026-03-01")["wasted_cost_usd"] == Decimal("0.32")

    def test_failures_that_are_not_billed_cost_nothing(self) -> None:
        ledger = studio(bills_failures=False)
        ledger.video("v", "2026-03-01", status="FAILED")
        ledger.call("c1", "v", "2026-03-01 10:00:00", reported="0.1")
        row = cost_on(ledger, "2026-03-01")
        assert (row["cost_usd"], row["wasted_cost_usd"]) == (0, 0)
        assert (row["variance_usd"], row["cost_per_completed_video_usd"]) == (Decimal("0.1"), None)

    def test_each_call_is_rounded_to_nine_places(self) -> None:
        ledger = studio()
        for number in (1, 2):
            ledger.video(f"v{number}", "2026-03-01", provider="KLING_V1")
            ledger.call(
                f"c{number}",
                f"v{number}",
                "2026-03-01",
                provider="KLING_V1",
                credits_used=2 * number - 1,
            )
        # 0.0000000005 rounds to the even 0.000000000, 0.0000000015 to 0.000000002.
        assert cost_on(ledger, "2026-03-01", "KLING_V1")["cost_usd"] == Decimal("0.000000002")

    def test_late_rows_belong_to_the_day_of_the_call_once_they_are_there(self) -> None:
        ledger = studio()
        ledger.video("v", "2026-03-01")
        ledger.call("c1", "v", "2026-03-01 10:00:00", logged="2026-03-04 10:00:00")
        assert ledger.expected("2026-03-03", "agg_provider_daily") == []
        assert cost_on(ledger, "2026-03-01")["calls"] == 1

    def test_a_provider_without_a_rate_fails_by_name(self) -> None:
        ledger = studio()
        ledger.video("v", "2026-03-01", provider="SORA")
        ledger.call("c1", "v", "2026-03-01", provider="SORA")
        with pytest.raises(LookupError, match="SORA"):
            ledger.expected(NOW, "agg_provider_daily")
