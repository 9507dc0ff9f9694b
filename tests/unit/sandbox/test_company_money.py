"""No money is made or lost on its way through invoices, charges, balance and payouts."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from company_world import default_world, facts, objects

from sandbox.ledger import (
    BalanceMovement,
    ChargeSucceeded,
    CreditMoved,
    DisputeClosed,
    DisputeOpened,
    FxRateSet,
    InvoiceFinalised,
    InvoicePaid,
    PayoutSent,
    Refunded,
    RefundFailed,
)


def by_currency(rows: list[dict[str, Any]], amount: str) -> dict[str, int]:
    totals: dict[str, int] = defaultdict(int)
    for row in rows:
        totals[row["currency"]] += row[amount]
    return dict(totals)


class TestBalance:
    def test_stripes_balance_is_the_sum_of_its_transactions(self) -> None:
        world = default_world()
        rows = objects(world, "balance_transaction")
        balance = world.store.get("balance", "balance")
        assert balance is not None
        shown = by_currency([*balance["available"], *balance["pending"]], "amount")
        assert shown == by_currency(rows, "net")
        now = int(world.now().timestamp())
        available = [row for row in rows if row["available_on"] <= now]
        assert by_currency(balance["available"], "amount") == by_currency(available, "net")
        assert {row["status"] for row in available} == {"available"}
        assert by_currency(balance["pending"], "amount")["usd"] > 0

    def test_net_is_amount_less_fee_and_the_fee_is_its_details(self) -> None:
        for row in objects(default_world(), "balance_transaction"):
            assert row["net"] == row["amount"] - row["fee"]
            assert row["fee"] == sum(part["amount"] for part in row["fee_details"])

    def test_only_dollars_and_yen_are_held(self) -> None:
        assert {m.currency for m in facts(default_world(), BalanceMovement)} == {"usd", "jpy"}

    def test_euros_are_converted_at_the_rate_of_their_day(self) -> None:
        world = default_world()
        rates = {(r.currency, r.date): r.usd_per_unit for r in facts(world, FxRateSet)}
        charges = {c.charge_id: c for c in facts(world, ChargeSucceeded) if c.currency == "eur"}
        moved = [m for m in facts(world, BalanceMovement) if m.source_id in charges]
        assert len(moved) == len(charges) > 50
        for movement in moved:
            rate = rates["eur", movement.at.date()]
            assert movement.exchange_rate == rate
            exact = charges[str(movement.source_id)].amount_minor * rate
            assert abs(movement.amount_minor - exact) <= Decimal("0.5")

    def test_a_card_costs_2_9_percent_and_30_cents(self) -> None:
        row = next(
            m
            for m in facts(default_world(), BalanceMovement)
            if m.category == "charge" and m.exchange_rate is None and m.amount_minor == 2600
        )
        assert (row.fee_minor, row.net_minor) == (105, 2495)


class TestPayouts:
    def test_a_payout_is_the_sum_of_what_it_takes_along(self) -> None:
        """It is listed with that itself, as Stripe lists it, so that the list sums up to zero."""
        rows = objects(default_world(), "balance_transaction")
        listed: dict[str, int] = defaultdict(int)
        for row in rows:
            listed[row.get("_payout", "")] += row["net"]
        payouts = objects(default_world(), "payout")
        assert {p["status"] for p in payouts} == {"paid", "failed"}
        assert {p["reconciliation_status"] for p in payouts} == {"completed"}
        assert [listed[p["id"]] for p in payouts] == [0] * len(payouts)
        own = {row["source"]: row["net"] for row in rows if row["type"] == "payout"}
        assert own == {p["id"]: -p["amount"] for p in payouts}
        assert all(row["_payout"] == row["source"] for row in rows if row["type"] == "payout")

    def test_what_comes_back_is_listed_with_a_later_payout(self) -> None:
        rows = objects(default_world(), "balance_transaction")
        back = [row for row in rows if row["type"] == "payout_failure" and "_payout" in row]
        assert back
        assert all(row["_payout"] != row["source"] for row in back)

    def test_nothing_is_paid_out_twice(self) -> None:
        moved = [one for p in facts(default_world(), PayoutSent) for one in p.movement_ids]
        assert len(moved) == len(set(moved))

    def test_what_comes_back_is_paid_out_again(self) -> None:
        world = default_world()
        back = [m for m in facts(world, BalanceMovement) if m.category == "payout_reversal"]
        again = {one for p in facts(world, PayoutSent) for one in p.movement_ids}
        assert back
        assert {m.movement_id for m in back} <= again


class TestCharges:
    def test_no_charge_gives_back_more_than_it_took(self) -> None:
        world = default_world()
        back: dict[str, int] = defaultdict(int)
        refunds = {r.refund_id: r for r in facts(world, Refunded)}
        for refund in refunds.values():
            back[refund.charge_id] += refund.amount_minor
        for failed in facts(world, RefundFailed):
            back[refunds[failed.refund_id].charge_id] -= refunds[failed.refund_id].amount_minor
        for dispute in facts(world, DisputeOpened):
            assert not back[dispute.charge_id], "refunded and disputed"
        shown = {c["id"]: c["amount_refunded"] for c in objects(world, "charge")}
        taken = {c.charge_id: c.amount_minor for c in facts(world, ChargeSucceeded)}
        assert all(0 <= amount <= taken[charge_id] for charge_id, amount in back.items())
        assert {c: a for c, a in back.items() if a} == {c: a for c, a in shown.items() if a}

    def test_disputes_take_the_amount_and_a_fee_and_return_it_when_won(self) -> None:
        world = default_world()
        moved = {m.movement_id: m for m in facts(world, BalanceMovement)}
        opened = {d.dispute_id: moved[d.movement_id] for d in facts(world, DisputeOpened)}
        assert all(m.amount_minor < 0 < m.fee_minor for m in opened.values())
        won = [d for d in facts(world, DisputeClosed) if d.won]
        assert won
        for closed in won:
            back = moved[str(closed.movement_id)]
            if back.exchange_rate is None:
                assert back.amount_minor == -opened[closed.dispute_id].amount_minor


class TestInvoices:
    def test_every_invoice_adds_up(self) -> None:
        for row in objects(default_world(), "invoice"):
            lines = row["lines"]["data"]
            discount = sum(one["amount"] for one in row["total_discount_amounts"])
            taxes = row["total_taxes"]
            on_top = sum(t["amount"] for t in taxes if t["tax_behavior"] == "exclusive")
            assert row["subtotal"] == sum(line["amount"] for line in lines)
            assert row["total"] == row["subtotal"] - discount + on_top
            assert row["total_excluding_tax"] == row["total"] - sum(t["amount"] for t in taxes)
            assert row["amount_due"] == row["amount_paid"] + row["amount_remaining"]

    def test_paid_invoices_are_charges_transfers_balance_or_nothing(self) -> None:
        world = default_world()
        charges = {c.charge_id: c for c in facts(world, ChargeSucceeded)}
        bills = {f.bill.invoice_id: f.bill for f in facts(world, InvoiceFinalised)}
        for paid in facts(world, InvoicePaid):
            if paid.charge_id:
                assert charges[paid.charge_id].amount_minor == paid.amount_minor
                assert charges[paid.charge_id].invoice_id == paid.invoice_id
            else:
                assert paid.out_of_band == bool(paid.amount_minor)
            assert paid.amount_minor <= bills[paid.invoice_id].due_minor

    def test_a_customers_credit_is_carried_from_bill_to_bill(self) -> None:
        balances: dict[str, int] = defaultdict(int)
        carried = 0
        for fact in facts(default_world(), InvoiceFinalised):
            bill = fact.bill
            assert bill.starting_balance_minor == balances[bill.customer_id]
            balances[bill.customer_id] = bill.ending_balance_minor
            carried += bill.starting_balance_minor < 0
        assert carried > 2


class TestCredits:
    def test_no_user_spends_what_is_not_there(self) -> None:
        balances: dict[str, int] = defaultdict(int)
        for entry in facts(default_world(), CreditMoved):
            balances[entry.user_id] += entry.credits
            assert balances[entry.user_id] >= 0

    def test_credits_are_used_oldest_expiring_first_and_gone_when_they_expire(self) -> None:
        """Replay the ledger with lots of our own: every expiry must be what is left of a lot."""
        lots: dict[str, list[list[Any]]] = defaultdict(list)
        drawn: dict[str, list[tuple[list[Any], int]]] = {}
        expired = 0
        for entry in facts(default_world(), CreditMoved):
            mine = lots[entry.user_id]
            if entry.type in {"PLAN_GRANT", "PURCHASE", "PROMO", "ADJUSTMENT"}:
                mine.append([entry.expires_at, entry.at, entry.credits, entry.payment_intent_id])
            elif entry.type == "USAGE":
                drawn[str(entry.video_id)] = draw(mine, -entry.credits, entry.at)
            elif entry.type == "USAGE_REFUND":
                for lot, part in drawn[str(entry.video_id)]:
                    lot[2] += part
            elif entry.type == "EXPIRY":
                ended = [lot for lot in mine if lot[0] and lot[0] <= entry.at and lot[2]]
                assert sum(lot[2] for lot in ended) >= -entry.credits
                lot = next(lot for lot in ended if lot[2] == -entry.credits)
                lot[2] = 0
                expired += 1
            else:
                assert entry.type == "CLAWBACK"
                lot = next(lot for lot in mine if lot[3] == entry.payment_intent_id)
                assert lot[2] == -entry.credits
                lot[2] = 0
        assert expired > 100


def draw(lots: list[list[Any]], amount: int, at: datetime) -> list[tuple[list[Any], int]]:
    taken = []
    for lot in sorted(lots, key=lambda lot: (lot[0] is None, lot[0] or lot[1], lot[1])):
        if lot[2] and (lot[0] is None or at < lot[0]):
            part = min(amount, lot[2])
            lot[2] -= part
            amount -= part
            taken.append((lot, part))
            if not amount:
                return taken
    pytest.fail(f"{amount} credits used that nobody had")
