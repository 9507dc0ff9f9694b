"""What the truth says about failed invoices, trials and cohorts."""

from dataclasses import replace
from typing import Any

import pytest
from mini_cash import charge, invoice_paid
from mini_ledger import MiniLedger, at, company, day

from sandbox.ledger import (
    IncompleteExpired,
    InvoiceFinalised,
    InvoiceUncollectible,
    InvoiceVoided,
    SubscriptionUnpaid,
)


def declined() -> MiniLedger:
    """One invoice of a subscription, declined on 11 January."""
    ledger = company(("p", 800))
    ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
    ledger.bill("si_1", "2026-01-11", 800, 0)
    ledger.add(charge("ch_1", "2026-01-11 02:00:00", 800, fails=True, invoice_id="in_0"))
    return ledger


def case(ledger: MiniLedger, as_of: str = "2026-06-15") -> tuple[Any, ...]:
    (row,) = ledger.expected(as_of, "fct_dunning_cases")
    closed_at = row["closed_at"] and row["closed_at"].date().isoformat()
    return row["outcome"], closed_at, row["attempts"]


def test_a_declined_invoice_is_pending_as_long_as_there_is_patience() -> None:
    assert case(declined(), "2026-02-10 01:00:00") == ("pending", None, 1)
    assert case(declined(), "2026-02-10 02:00:00") == ("lost", "2026-02-10", 1)


def test_money_settles_a_case_however_late() -> None:
    ledger = declined()
    ledger.add(InvoiceUncollectible(at=at("2026-01-20"), invoice_id="in_0"))
    assert case(ledger) == ("lost", "2026-01-20", 1)
    ledger.add(invoice_paid("in_0", "2026-04-01", 800, past_stripe=False))
    assert case(ledger) == ("recovered", "2026-04-01", 2)


def test_the_end_of_a_subscription_loses_its_case_and_so_does_unpaid() -> None:
    ledger = declined()
    ledger.end("sub_1", "2026-01-25", "payment_failed")
    assert case(ledger) == ("lost", "2026-01-25", 1)
    ledger = declined()
    ledger.of(SubscriptionUnpaid, "sub_1", "2026-01-24")
    assert case(ledger) == ("lost", "2026-01-24", 1)


def test_a_void_invoice_is_voided_unless_its_subscription_never_began() -> None:
    ledger = declined()
    ledger.add(InvoiceVoided(at=at("2026-01-12"), invoice_id="in_0"))
    assert case(ledger) == ("voided", "2026-01-12", 1)
    ledger.of(IncompleteExpired, "sub_1", "2026-01-12")
    assert case(ledger) == ("lost", "2026-01-12", 1)


def tried(paid: str | None) -> MiniLedger:
    """One trial of January, over on the 24th, with a bill of 800 from then."""
    ledger = company(("p", 800))
    ledger.subscribe(
        "sub_1",
        {"si_1": ("p", 1)},
        "2026-01-10",
        pays=paid,
        status="trialing",
        trial_ends="2026-01-24",
    )
    ledger.bill("si_1", "2026-01-24", 800, 0)
    if paid:
        ledger.add(invoice_paid("in_0", paid, 800, past_stripe=False))
    return ledger


@pytest.mark.parametrize(
    ("paid", "converted"),
    [("2026-01-24 01:00:00", True), ("2026-01-30", True), ("2026-01-31", False), (None, False)],
)
def test_a_trial_converts_within_a_week_of_its_end(paid: str | None, converted: bool) -> None:
    ledger = tried(paid)
    (row,) = ledger.expected("2026-06-15", "fct_trials")
    assert row["is_converted"] is converted
    assert ledger.retention("2026-06-15", "2026-01-01")["trial_conversion_rate"] == int(converted)


def test_a_bill_of_nothing_converts_no_trial() -> None:
    ledger = tried(None)
    (bill,) = [f.bill for f in ledger.facts if isinstance(f, InvoiceFinalised)]
    free = replace(bill, invoice_id="in_free", total_minor=0, due_minor=0)
    ledger.add(InvoiceFinalised(at=at("2026-01-10"), bill=free))
    ledger.add(invoice_paid("in_free", "2026-01-10", 0, past_stripe=False))
    (row,) = ledger.expected("2026-06-15", "fct_trials")
    assert row["first_paid_at"] is None


def test_rates_are_unknown_until_nothing_can_change_them() -> None:
    trials = tried("2026-01-24 01:00:00")
    assert trials.retention("2026-01-31", "2026-01-01")["trial_conversion_rate"] is None
    assert trials.retention("2026-02-01", "2026-01-01")["trial_conversion_rate"] == 1
    cases = declined()
    cases.add(invoice_paid("in_0", "2026-01-14", 800, past_stripe=False))
    assert cases.retention("2026-03-02", "2026-01-01")["recovery_rate"] is None
    assert cases.retention("2026-03-03", "2026-01-01")["recovery_rate"] == 1
    assert cases.retention("2026-06-15", "2026-02-01")["recovery_rate"] is None


def test_a_cohort_holds_who_left_within_its_month() -> None:
    ledger = company(("p", 800))
    ledger.customer("cus_2")
    ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
    ledger.subscribe("sub_2", {"si_2": ("p", 1)}, "2026-01-10", customer_id="cus_2")
    ledger.end("sub_2", "2026-01-20")
    ledger.end("sub_1", "2026-02-20")
    rows = ledger.expected("2026-02-26", "agg_cohort_retention_monthly")
    assert [row["cohort_month"] for row in rows] == [day("2026-01-01")] * 2
    names = ("age_months", "customers_start", "customers_active", "mrr_usd", "mrr_start_usd")
    assert [tuple(row[name] for name in names) for row in rows] == [
        (0, 2, 1, 8, 8),
        (1, 2, 0, 0, 8),
    ]
