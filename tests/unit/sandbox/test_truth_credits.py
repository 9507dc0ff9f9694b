"""The truth about credits and recognised revenue, where the right answer is known by hand."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from mini_ledger import MiniLedger, at, day, plain

from sandbox.ledger import (
    ChargeSucceeded,
    CheckoutOpened,
    CreditMoved,
    InvoiceFinalised,
    InvoiceVoided,
    Refunded,
    RefundFailed,
)

AS_OF = "2026-06-15"
_NUMBERS = count()


def ledger() -> MiniLedger:
    """One user who is a customer."""
    mini = MiniLedger()
    mini.user("user_1")
    mini.customer("cus_1", "user_1")
    return mini


def move(mini: MiniLedger, when: str, kind: str, credits_moved: int, **details: Any) -> str:
    """Add an entry to the credit ledger and return its id."""
    entry_id = details.pop("entry_id", f"entry_{next(_NUMBERS):04d}")
    ends = details.pop("ends", None)
    mini.add(
        CreditMoved(
            at=at(when),
            entry_id=entry_id,
            user_id="user_1",
            type=kind,
            credits=credits_moved,
            video_id=details.get("video_id"),
            payment_intent_id=details.get("payment_intent_id"),
            expires_at=at(ends) if ends else None,
        )
    )
    return str(entry_id)


def buy(mini: MiniLedger, when: str, minor: int, tax: int = 0) -> None:
    """Sell a pack at the till."""
    mini.add(
        CheckoutOpened(
            at=at(when),
            session_id="cs_1",
            payment_intent_id="pi_1",
            customer_id="cus_1",
            country="US",
            price_id="pack",
            quantity=1,
            currency="usd",
            amount_minor=minor,
            tax_minor=tax,
            tax_inclusive=False,
        ),
        ChargeSucceeded(
            at=at(when),
            charge_id="ch_1",
            payment_intent_id="pi_1",
            customer_id="cus_1",
            invoice_id=None,
            session_id="cs_1",
            amount_minor=minor,
            currency="usd",
            country="US",
            movement_id="txn_1",
        ),
    )


def refund(mini: MiniLedger, when: str, minor: int, failed: str | None = None) -> None:
    """Give money of the pack back; ``failed``: it comes back."""
    mini.add(
        Refunded(
            at=at(when),
            refund_id="re_1",
            charge_id="ch_1",
            amount_minor=minor,
            reason="requested_by_customer",
            movement_id="txn_2",
        )
    )
    if failed:
        mini.add(RefundFailed(at=at(failed), refund_id="re_1", movement_id="txn_3"))


def lots(mini: MiniLedger) -> dict[str, tuple[int, int, int]]:
    """Return used, expired and remaining credits of each lot."""
    return {
        row["lot_id"]: (row["used"], row["expired"], row["remaining"])
        for row in mini.expected(AS_OF, "fct_credit_lots")
    }


def earned(mini: MiniLedger) -> dict[str, tuple[str, str]]:
    """Return recognised revenue and contra by day."""
    return {
        row["date"].isoformat(): (plain(row["recognised_usd"]), plain(row["contra_usd"]))
        for row in mini.expected(AS_OF, "fct_revenue_recognition_days")
    }


def test_credits_burn_soonest_to_end_first_and_go_back_last_taken_first() -> None:
    mini = ledger()
    forever = move(mini, "2026-01-01", "ADJUSTMENT", 40)
    pack = move(mini, "2026-01-02", "PURCHASE", 100, ends="2027-01-02")
    promo = move(mini, "2026-01-03", "PROMO", 30, ends="2026-01-10")
    move(mini, "2026-01-04", "USAGE", -150, video_id="v1")
    assert lots(mini) == {forever: (20, 0, 20), pack: (100, 0, 0), promo: (30, 0, 0)}
    move(mini, "2026-01-05", "USAGE_REFUND", 35, video_id="v1")
    assert lots(mini) == {forever: (0, 0, 40), pack: (85, 0, 15), promo: (30, 0, 0)}


def test_what_comes_back_to_an_ended_lot_ends_at_once() -> None:
    mini = ledger()
    promo = move(mini, "2026-01-01", "PROMO", 30, ends="2026-01-02")
    move(mini, "2026-01-01 12:00:00", "USAGE", -20, video_id="v1")
    move(mini, "2026-01-02", "EXPIRY", -10)
    back = move(mini, "2026-01-03", "USAGE_REFUND", 20, video_id="v1")
    assert lots(mini) == {promo: (0, 30, 0)}
    added = [row for row in mini.expected(AS_OF, "fct_credit_entries") if row["is_added"]]
    assert [(row["entry_id"], row["credits"]) for row in added] == [(f"expiry:{back}", -20)]


def test_an_expired_lot_is_not_consumed_at_the_same_instant() -> None:
    mini = ledger()
    promo = move(mini, "2026-01-01", "PROMO", 30, ends="2026-01-02")
    gift = move(mini, "2026-01-01", "ADJUSTMENT", 30)
    move(mini, "2026-01-02", "USAGE", -20, video_id="v1")
    assert lots(mini) == {promo: (0, 30, 0), gift: (20, 0, 10)}


def test_a_pack_is_revenue_as_it_is_used_and_when_it_ends() -> None:
    mini = ledger()
    buy(mini, "2026-01-01", 900, tax=100)
    move(mini, "2026-01-01", "PURCHASE", 800, payment_intent_id="pi_1", ends="2026-03-01")
    move(mini, "2026-01-31 23:59:59", "USAGE", -200, video_id="v1")
    move(mini, "2026-02-01", "USAGE", -100, video_id="v2")
    assert earned(mini) == {
        "2026-01-31": ("2", "0"),
        "2026-02-01": ("1", "0"),
        "2026-03-01": ("5", "0"),
    }
    liability = {
        r["date"]: r["liability_usd"] for r in mini.expected(AS_OF, "agg_credit_liability_daily")
    }
    assert liability[day("2026-02-28")] == 5
    assert liability[day("2026-03-01")] == 0


def test_a_refund_of_a_pack_partly_consumed_is_contra_for_the_used_part() -> None:
    mini = ledger()
    buy(mini, "2026-01-01", 800)
    move(mini, "2026-01-01", "PURCHASE", 800, payment_intent_id="pi_1", ends="2027-01-01")
    move(mini, "2026-01-02", "USAGE", -200, video_id="v1")
    refund(mini, "2026-01-05", 800)
    move(mini, "2026-01-05", "CLAWBACK", -600, payment_intent_id="pi_1")
    assert earned(mini) == {"2026-01-02": ("2", "0"), "2026-01-05": ("0", "2")}


def test_a_failed_refund_gives_back_what_it_took() -> None:
    mini = ledger()
    buy(mini, "2026-01-01", 800)
    move(mini, "2026-01-01", "PURCHASE", 800, payment_intent_id="pi_1", ends="2027-01-01")
    move(mini, "2026-01-02", "USAGE", -200, video_id="v1")
    refund(mini, "2026-01-05", 400, failed="2026-01-09")
    move(mini, "2026-01-07", "USAGE", -300, video_id="v2")
    # 2 are contra, 2 of the 6 to come are cleared: 300 of the 600 credits left then earn 2.
    assert earned(mini) == {
        "2026-01-02": ("2", "0"),
        "2026-01-05": ("0", "2"),
        "2026-01-07": ("2", "0"),
        "2026-01-09": ("1", "-2"),
    }


def test_a_line_is_spread_over_whole_days_and_a_void_takes_it_back() -> None:
    mini = ledger()
    mini.fx("eur", "2025-01-01", "1")
    mini.bill("si_1", "2026-01-01", 1200, tax=200)
    days = earned(mini)
    assert len(days) == 30
    assert days["2026-01-01"] == ("0.333334", "0")
    assert days["2026-01-30"] == ("0.333333", "0")
    invoice = next(fact for fact in mini.facts if isinstance(fact, InvoiceFinalised))
    mini.add(
        InvoiceVoided(at=at("2026-01-01") + timedelta(days=3), invoice_id=invoice.bill.invoice_id)
    )
    days = earned(mini)
    assert sum(Decimal(recognised) - Decimal(contra) for recognised, contra in days.values()) == 0
    assert days["2026-01-04"] == ("0", "1.000002")
    row = mini.expected(AS_OF, "rec_revenue_recognition")[0]
    assert (plain(row["recognised_usd"]), plain(row["cleared_usd"])) == ("1.000002", "8.999998")
