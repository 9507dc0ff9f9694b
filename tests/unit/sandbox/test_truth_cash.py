"""What the truth says about charges and their money, payouts and invoices."""

from typing import Any

from mini_cash import (
    charge,
    dispute,
    dispute_closes,
    invoice_paid,
    movement,
    payout,
    refund,
    refund_fails,
)
from mini_ledger import MiniLedger, at, company

from sandbox.ledger import CreditNoteIssued, InvoiceVoided, PayoutArrived, PayoutFailed


def only(ledger: MiniLedger, table: str) -> dict[str, Any]:
    (row,) = ledger.expected("2026-06-15", table)
    return row


def money(row: dict[str, Any]) -> tuple[int, ...]:
    names = ("captured_minor", "refunded_minor", "disputed_minor", "retained_minor")
    return tuple(row[name] for name in names)


def test_a_charge_keeps_what_neither_refunds_nor_banks_took() -> None:
    ledger = company()
    ledger.add(
        charge("ch_1", "2026-01-10", 2600),
        refund("re_1", "ch_1", "2026-03-01", 600),
        refund("re_2", "ch_1", "2026-03-02", 500),
        refund_fails("re_2", "2026-03-09"),
        dispute("du_1", "ch_1", "2026-03-10", 300),
    )
    assert money(only(ledger, "fct_payments")) == (2600, 600, 300, 1700)
    refunds = ledger.expected("2026-06-15", "fct_refunds")
    assert [row["status"] for row in refunds] == ["succeeded", "failed"]


def test_a_failed_charge_takes_nothing() -> None:
    ledger = company()
    ledger.add(charge("ch_1", "2026-01-10", 2600, fails=True))
    row = only(ledger, "fct_payments")
    assert money(row) == (0, 0, 0, 0)
    assert (row["status"], row["failure_code"]) == ("failed", "card_declined")


def test_a_dispute_that_is_won_brings_the_money_back_and_keeps_its_fee() -> None:
    ledger = company()
    ledger.add(
        charge("ch_1", "2026-01-10", 2600),
        dispute("du_1", "ch_1", "2026-03-10", 2600),
        movement("du_1", "2026-03-10", "dispute", -2600, 1500),
        dispute_closes("du_1", "2026-04-10", won=True),
        movement("du_1", "2026-04-10", "dispute_reversal", 2600),
    )
    row = only(ledger, "fct_disputes")
    assert (row["outcome"], row["transactions"], row["reinstated_at"]) == (
        "won",
        2,
        at("2026-04-10"),
    )
    assert (row["disputed_minor"], row["settled_minor"], row["fee_minor"]) == (0, 0, 1500)
    assert money(only(ledger, "fct_payments")) == (2600, 0, 0, 2600)


def test_a_payout_is_what_its_movements_held_and_comes_back_if_it_fails() -> None:
    ledger = company()
    sale = movement("ch_1", "2026-01-10", "charge", 2600, 100)
    ledger.add(sale, payout("po_1", "2026-01-12", 2500, sale))
    row = only(ledger, "fct_payouts")
    assert (row["status"], row["sent_minor"], row["returned_minor"]) == ("in_transit", 2500, 0)
    ledger.add(PayoutFailed(at=at("2026-01-15"), payout_id="po_1", movement_id="txn_back"))
    row = only(ledger, "fct_payouts")
    assert (row["status"], row["sent_minor"], row["returned_minor"]) == ("failed", 2500, 2500)


def test_what_a_payout_took_along_is_told_once_it_is_over() -> None:
    ledger = company()
    sale = movement("ch_1", "2026-01-10", "charge", 2600, 100)
    fee = movement("acct_1", "2026-01-11", "fee", -200)
    ledger.add(sale, fee, payout("po_1", "2026-01-12", 2300, sale, fee))
    row = only(ledger, "rec_payouts")
    assert (row["paid_out_minor"], row["transactions"], row["left_minor"]) == (None, None, 0)
    ledger.add(PayoutArrived(at=at("2026-01-14"), payout_id="po_1"))
    row = only(ledger, "rec_payouts")
    assert (row["paid_out_minor"], row["transactions"], row["is_reconciled"]) == (2300, 2, True)
    late = movement("ch_2", "2026-01-13", "charge", 700)
    ledger.add(late)
    rows = ledger.expected("2026-06-15", "fct_balance_transactions")
    assert {row["balance_transaction_id"]: row["paid_out_by"] for row in rows} == {
        sale.movement_id: "po_1",
        fee.movement_id: "po_1",
        late.movement_id: None,
    }


def test_tax_inside_a_price_is_not_added_again() -> None:
    ledger = company()
    ledger.bill("si_1", "2026-01-10", 1200, 200, 100)
    row = only(ledger, "fct_invoices")
    assert (row["subtotal_minor"], row["discount_minor"], row["tax_minor"]) == (1200, 100, 0)
    assert (row["inclusive_tax_minor"], row["total_minor"]) == (200, 1100)
    assert only(ledger, "fct_invoice_lines")["net_minor"] == 900


def test_an_invoice_paid_past_stripe_says_so() -> None:
    ledger = company()
    ledger.bill("si_1", "2026-01-10", 1200, 200)
    ledger.add(invoice_paid("in_0", "2026-01-20", 1200, past_stripe=True))
    row = only(ledger, "fct_invoices")
    assert (row["status"], row["amount_paid_minor"], row["amount_remaining_minor"]) == (
        "paid",
        1200,
        0,
    )
    assert row["paid_out_of_band_minor"] == 1200


def test_a_credit_note_before_payment_lowers_what_is_due_and_one_after_it_does_not() -> None:
    for refund_id, due in ((None, 900), ("re_1", 1200)):
        ledger = company()
        ledger.bill("si_1", "2026-01-10", 1200, 200)
        ledger.add(
            CreditNoteIssued(
                at=at("2026-01-12"),
                credit_note_id="cn_1",
                invoice_id="in_0",
                amount_minor=300,
                tax_minor=50,
                line_amounts=(("il", 300),),
                refund_id=refund_id,
                reason="order_change",
            )
        )
        row = only(ledger, "fct_invoices")
        assert (row["amount_due_minor"], row["amount_remaining_minor"]) == (due, due)


def test_a_void_invoice_keeps_what_was_due() -> None:
    ledger = company()
    ledger.bill("si_1", "2026-01-10", 1200, 200)
    ledger.add(InvoiceVoided(at=at("2026-01-11"), invoice_id="in_0"))
    row = only(ledger, "fct_invoices")
    assert (row["status"], row["voided_at"], row["amount_due_minor"]) == (
        "void",
        at("2026-01-11"),
        1200,
    )


def test_the_balance_is_carried_on_and_told_by_readings_of_the_next_day() -> None:
    ledger = company()
    ledger.add(movement("ch_1", "2026-01-10", "charge", 2600, 100))
    ledger.add(movement("re_1", "2026-01-12", "refund", -600))
    pulls = [at("2026-01-11 08:00:00"), at("2026-01-11 12:00:00")]
    rows = ledger.expected("2026-01-13", "rec_stripe_balance", pulls=pulls)
    told = {row["date"].day: (row["closing_minor"], row["stripe_minor"]) for row in rows}
    assert (told[10], told[11], told[12]) == ((2500, 2500), (2500, None), (1900, 1900))
