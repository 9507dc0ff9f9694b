"""What the truth says happened to subscriptions, and what others would call recurring revenue."""

from typing import Any

from mini_ledger import MiniLedger, at, company, day, plain

from sandbox.ledger import (
    CancelRequested,
    CancelRescinded,
    DiscountApplied,
    PeriodStarted,
    SubscriptionPaused,
    SubscriptionRecovered,
    SubscriptionResumed,
    TrialEnded,
)


def told(ledger: MiniLedger, **options: Any) -> list[tuple[str, str]]:
    rows = ledger.expected("2026-06-15", "fct_subscription_events", **options)
    return [(row["event_type"], f"{row['occurred_at']:%Y-%m-%d %H:%M}") for row in rows]


def subscribed(*prices: tuple[str, int]) -> MiniLedger:
    ledger = company(*prices or (("p", 800),))
    ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10 09:00")
    return ledger


def test_a_first_payment_that_fails_makes_nothing_past_due() -> None:
    ledger = company(("p", 800))
    ledger.subscribe(
        "sub_1", {"si_1": ("p", 1)}, "2026-01-10", status="incomplete", pays="2026-01-10 12:00"
    )
    ledger.fail("sub_1", "2026-01-10 00:01", opens_spell=False)
    assert told(ledger) == [("started", "2026-01-10 12:00")]


def test_a_renewal_that_fails_is_past_due_until_it_is_paid() -> None:
    ledger = subscribed()
    ledger.fail("sub_1", "2026-02-10")
    ledger.of(SubscriptionRecovered, "sub_1", "2026-02-13")
    assert told(ledger)[1:] == [("past_due", "2026-02-10 00:00"), ("recovered", "2026-02-13 00:00")]


def test_what_changes_on_one_day_is_one_change_from_its_end() -> None:
    ledger = subscribed(("p", 800), ("q", 2600), ("r", 1800))
    ledger.switch("2026-02-01 10:00", "p", "q")
    ledger.switch("2026-02-01 15:00", "q", "r")
    row = ledger.expected("2026-06-15", "fct_subscription_events")[-1]
    assert (row["event_type"], row["from_plan_key"], row["to_plan_key"]) == ("upgraded", "p", "r")
    assert [plain(row[f"list_mrr_{side}_usd"]) for side in ("before", "after")] == ["8", "18"]
    assert row["occurred_at"] == at("2026-02-01 15:00")


def test_a_change_to_the_same_price_and_one_on_the_last_day_are_none() -> None:
    ledger = subscribed(("p", 800), ("q", 800), ("r", 1800))
    ledger.switch("2026-02-01", "p", "q")
    ledger.switch("2026-03-01 10:00", "q", "r")
    ledger.end("sub_1", "2026-03-01 12:00")
    assert [name for name, _ in told(ledger)] == ["started", "ended"]


def wished(kept_on: str) -> MiniLedger:
    ledger = subscribed()
    ledger.of(
        CancelRequested,
        "sub_1",
        "2026-04-20",
        effective_at=at("2026-06-30"),
        feedback="unused",
    )
    ledger.of(CancelRescinded, "sub_1", kept_on)
    return ledger


def test_a_wish_taken_back_is_forgotten_with_stripes_events() -> None:
    assert [name for name, _ in told(wished("2026-06-01"))[1:]] == [
        "cancel_requested",
        "cancel_rescinded",
    ]
    assert told(wished("2026-05-01"))[1:] == []


def test_a_pause_older_than_the_events_shows_in_the_first_bill_it_withdrew() -> None:
    ledger = subscribed()
    for start in ("2026-02-09 09:00", "2026-03-11 09:00"):
        ledger.period("sub_1", "si_1", start)
    ledger.of(SubscriptionPaused, "sub_1", "2026-02-09 08:00")
    ledger.of(SubscriptionResumed, "sub_1", "2026-03-11 08:00")
    pause = ("paused", "2026-02-09 09:00"), ("resumed", "2026-03-11 09:00")
    assert told(ledger)[1:] == [*pause]
    assert told(ledger, pulls=[at("2026-03-01")])[1:] == [
        ("paused", "2026-02-09 08:00"),
        ("resumed", "2026-03-11 08:00"),
    ]


def bridge(ledger: MiniLedger, definition: str, month: str = "2026-02-01") -> dict[str, Any]:
    """MRR as another defines it and the gaps that are not zero, as texts."""
    rows = ledger.expected("2026-06-15", "fct_mrr_by_definition")
    row = next(r for r in rows if (r["month"], r["definition"]) == (day(month), definition))
    gaps = {n[4:-4]: plain(v) for n, v in row.items() if n.startswith("gap_") and v}
    return {"mrr": plain(row["mrr_usd"]), "ours": plain(row["ours_usd"]), **gaps}


def test_who_asked_to_leave_takes_along_what_others_counted() -> None:
    ledger = company(("p", 800))
    ledger.subscribe(
        "sub_1",
        {"si_1": ("p", 1)},
        "2026-01-10",
        status="trialing",
        trial_ends="2026-01-24",
        pays=None,
    )
    ledger.of(TrialEnded, "sub_1", "2026-01-24")
    assert bridge(ledger, "stripe") == {"mrr": "8", "ours": "0", "awaiting_payment": "8"}
    assert bridge(ledger, "chartmogul") == {"mrr": "0", "ours": "0"}
    ledger.of(CancelRequested, "sub_1", "2026-02-20", effective_at=at("2026-03-24"), feedback=None)
    assert bridge(ledger, "stripe") == {
        "mrr": "0",
        "ours": "0",
        "awaiting_payment": "8",
        "cancellation": "-8",
    }


def test_what_is_billed_by_mail_counts_for_stripe_before_it_is_paid() -> None:
    ledger = company(("p", 800))
    ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-02-20", status="active", pays="2026-03-05")
    assert bridge(ledger, "stripe") == {"mrr": "8", "ours": "0", "awaiting_payment": "8"}
    assert bridge(ledger, "stripe", "2026-03-01") == {"mrr": "8", "ours": "8"}


def test_a_pause_outranks_a_debt_that_is_beyond_patience() -> None:
    ledger = subscribed()
    ledger.fail("sub_1", "2026-01-15")
    expected = {"mrr": "8", "ours": "0", "beyond_grace": "8"}
    assert bridge(ledger, "chartmogul") == expected
    ledger.of(SubscriptionPaused, "sub_1", "2026-02-01")
    assert bridge(ledger, "chartmogul") == {"mrr": "8", "ours": "0", "paused": "8"}
    assert bridge(ledger, "baremetrics") == {"mrr": "0", "ours": "0"}


def test_a_coupon_for_one_bill_lowers_the_month_of_that_bill_for_profitwell_alone() -> None:
    ledger = subscribed()
    ledger.coupon("c", percent="25", duration="once")
    ledger.add(
        DiscountApplied(
            at=at("2026-02-01"),
            discount_id="di",
            coupon_id="c",
            customer_id="cus_1",
            subscription_id="sub_1",
            starts_at=at("2026-02-01"),
            ends_at=None,
        )
    )
    ledger.bill("si_1", "2026-02-09", 800, 0, discount=200)
    assert bridge(ledger, "profitwell") == {"mrr": "6", "ours": "8", "coupons": "-2"}
    assert bridge(ledger, "profitwell", "2026-03-01") == {"mrr": "8", "ours": "8"}
    assert bridge(ledger, "stripe") == {"mrr": "8", "ours": "8"}


def test_paddle_knows_neither_coupons_nor_the_rate_of_the_period() -> None:
    ledger = company()
    ledger.price("p", 1000, currency="eur")
    ledger.fx("eur", "2026-01-01", "1.1")
    ledger.fx("eur", "2026-02-20", "1.2")
    ledger.coupon("c", percent="50")
    ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10", currency="eur")
    ledger.discount("c", "2026-01-10")
    ledger.of(
        PeriodStarted,
        "sub_1",
        "2026-02-09",
        item_id="si_1",
        start=at("2026-02-09"),
        end=at("2026-03-09"),
    )
    assert bridge(ledger, "paddle") == {"mrr": "12", "ours": "5.5", "coupons": "5.5", "fx": "1"}
