"""Charges and what became of their money; refunds, disputes and payouts as they stand now."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sandbox.ledger import (
    BalanceMovement,
    ChargeFailed,
    ChargeSucceeded,
    DisputeClosed,
    DisputeOpened,
    Fact,
    PayoutArrived,
    PayoutFailed,
    PayoutSent,
    Refunded,
    RefundFailed,
)
from sandbox.truth.calendar import in_seconds
from sandbox.truth.people import People

Row = dict[str, Any]


def payments(facts: Sequence[Fact], people: People) -> Iterator[Row]:
    """``fct_payments``: every charge; what is retained is counted down fact by fact."""
    refunded, disputed = _taken_back(refunds(facts)), _taken_back(disputes(facts))
    booked = {
        fact.source_id: fact
        for fact in facts
        if isinstance(fact, BalanceMovement) and fact.category == "charge"
    }
    for fact in facts:
        if not isinstance(fact, ChargeSucceeded | ChargeFailed):
            continue
        succeeded = isinstance(fact, ChargeSucceeded)
        captured = fact.amount_minor if succeeded else 0
        booking = booked.get(fact.charge_id)
        yield {
            "charge_id": fact.charge_id,
            "invoice_id": fact.invoice_id,
            "customer_key": people.key_of.get(fact.customer_id or ""),
            "created_at": in_seconds(fact.at),
            "status": "succeeded" if succeeded else "failed",
            "failure_code": fact.failure_code if isinstance(fact, ChargeFailed) else None,
            "currency": fact.currency,
            "amount_minor": fact.amount_minor,
            "captured_minor": captured,
            "refunded_minor": refunded[fact.charge_id],
            "disputed_minor": disputed[fact.charge_id],
            "retained_minor": captured - refunded[fact.charge_id] - disputed[fact.charge_id],
            "settlement_currency": booking.currency if booking else None,
            "settled_minor": booking.amount_minor if booking else 0,
            "fee_minor": booking.fee_minor if booking else 0,
        }


def refunds(facts: Sequence[Fact]) -> list[Row]:
    """``fct_refunds``: every refund; one that failed gave nothing back."""
    failed = {fact.refund_id: fact for fact in facts if isinstance(fact, RefundFailed)}
    moved = _net_movements(facts)
    return [
        {
            "refund_id": fact.refund_id,
            "charge_id": fact.charge_id,
            "created_at": in_seconds(fact.at),
            "failed_at": in_seconds(failed[fact.refund_id].at)
            if fact.refund_id in failed
            else None,
            "amount_minor": fact.amount_minor,
            "status": "failed" if fact.refund_id in failed else "succeeded",
            "reason": fact.reason,
            "settled_minor": -moved[fact.refund_id],
            "gone_minor": 0 if fact.refund_id in failed else fact.amount_minor,
        }
        for fact in facts
        if isinstance(fact, Refunded)
    ]


def disputes(facts: Sequence[Fact]) -> list[Row]:
    """``fct_disputes``: every dispute; the money is gone until it is won."""
    closed = {fact.dispute_id: fact for fact in facts if isinstance(fact, DisputeClosed)}
    moved, fees = _net_movements(facts), _fees(facts)
    rows = []
    for fact in facts:
        if isinstance(fact, DisputeOpened):
            end = closed.get(fact.dispute_id)
            won = end is not None and end.won
            rows.append(
                {
                    "dispute_id": fact.dispute_id,
                    "charge_id": fact.charge_id,
                    "created_at": in_seconds(fact.at),
                    "amount_minor": fact.amount_minor,
                    "reason": fact.reason,
                    "outcome": "open" if end is None else "won" if won else "lost",
                    "transactions": 2 if won else 1,
                    "withdrawn_at": in_seconds(fact.at),
                    "reinstated_at": in_seconds(end.at) if end and won else None,
                    "disputed_minor": 0 if won else fact.amount_minor,
                    "settled_minor": -moved[fact.dispute_id],
                    "fee_minor": fees[fact.dispute_id],
                    "gone_minor": 0 if won else fact.amount_minor,
                }
            )
    return rows


def payouts(facts: Sequence[Fact]) -> Iterator[Row]:
    """``fct_payouts``: what was sent is what its movements held."""
    arrived = {fact.payout_id for fact in facts if isinstance(fact, PayoutArrived)}
    failed = {fact.payout_id: fact for fact in facts if isinstance(fact, PayoutFailed)}
    nets = {fact.movement_id: fact.net_minor for fact in facts if isinstance(fact, BalanceMovement)}
    for fact in facts:
        if isinstance(fact, PayoutSent):
            came_back = fact.payout_id in failed
            paid_out = sum(nets[movement_id] for movement_id in fact.movement_ids)
            status = "paid" if fact.payout_id in arrived else "in_transit"
            yield {
                "payout_id": fact.payout_id,
                "created_at": in_seconds(fact.at),
                "arrives_at": in_seconds(fact.arrives_at),
                "returned_at": in_seconds(failed[fact.payout_id].at) if came_back else None,
                "currency": fact.currency,
                "amount_minor": fact.amount_minor,
                "automatic": True,
                "status": "failed" if came_back else status,
                "sent_minor": paid_out,
                "returned_minor": paid_out if came_back else 0,
            }


def reconciled_payouts(facts: Sequence[Fact]) -> Iterator[Row]:
    """``rec_payouts``: every payout beside what lay ready when it left, and what it took along.

    Ready is what was available by then and no payout had taken along before; what the bank sent
    back lies ready again as a movement of its own. What it took along Stripe tells once it is over.
    """
    over = _over(facts)
    own = {fact.movement_id for fact in facts if isinstance(fact, PayoutSent)}
    waiting: dict[str, BalanceMovement] = {}
    rows = {row["payout_id"]: row for row in payouts(facts)}
    for fact in facts:
        if isinstance(fact, BalanceMovement) and fact.movement_id not in own:
            waiting[fact.movement_id] = fact
        elif isinstance(fact, PayoutSent):
            ready = sum(
                movement.net_minor
                for movement in waiting.values()
                if movement.currency == fact.currency and movement.available_on <= fact.at
            )
            taken = sum(waiting.pop(name).net_minor for name in fact.movement_ids)
            yield rows[fact.payout_id] | {
                "available_minor": ready,
                "left_minor": ready - taken,
                "paid_out_minor": taken if fact.payout_id in over else None,
                "transactions": len(fact.movement_ids) if fact.payout_id in over else None,
                "is_reconciled": True,
            }


def paid_out(facts: Sequence[Fact]) -> Iterator[Row]:
    """``fct_balance_transactions``: every movement, and which payout took it along."""
    over = _over(facts)
    taken = {
        movement_id: fact.payout_id
        for fact in facts
        if isinstance(fact, PayoutSent) and fact.payout_id in over
        for movement_id in fact.movement_ids
    }
    for fact in facts:
        if isinstance(fact, BalanceMovement):
            yield {
                "balance_transaction_id": fact.movement_id,
                "created_at": in_seconds(fact.at),
                "available_on": in_seconds(fact.available_on),
                "currency": fact.currency,
                "amount_minor": fact.amount_minor,
                "fee_minor": fact.fee_minor,
                "net_minor": fact.net_minor,
                "reporting_category": fact.category,
                "type": fact.type,
                "source_id": fact.source_id,
                "paid_out_by": taken.get(fact.movement_id),
            }


def _over(facts: Sequence[Fact]) -> set[str]:
    """Return the payouts that the bank has, or has sent back."""
    return {fact.payout_id for fact in facts if isinstance(fact, PayoutArrived | PayoutFailed)}


def _taken_back(rows: Sequence[Row]) -> dict[str, int]:
    by_charge: dict[str, int] = defaultdict(int)
    for row in rows:
        by_charge[row["charge_id"]] += row["gone_minor"]
    return by_charge


def _net_movements(facts: Sequence[Fact]) -> dict[str, int]:
    """Sum what every object moved, before fees."""
    moved: dict[str, int] = defaultdict(int)
    for fact in facts:
        if isinstance(fact, BalanceMovement) and fact.source_id:
            moved[fact.source_id] += fact.amount_minor
    return moved


def _fees(facts: Sequence[Fact]) -> dict[str, int]:
    fees: dict[str, int] = defaultdict(int)
    for fact in facts:
        if isinstance(fact, BalanceMovement) and fact.source_id:
            fees[fact.source_id] += fact.fee_minor
    return fees
