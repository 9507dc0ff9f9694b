"""Facts about charges, refunds, disputes and payouts, for companies written by hand."""

from typing import Any

from mini_facts import at

from sandbox.ledger import (
    BalanceMovement,
    ChargeFailed,
    ChargeSucceeded,
    DisputeClosed,
    DisputeOpened,
    InvoicePaid,
    PayoutSent,
    Refunded,
    RefundFailed,
)


def movement(
    source_id: str, when: str, category: str, amount: int, fee: int = 0
) -> BalanceMovement:
    """Return what a charge, refund, dispute or payout moves."""
    return BalanceMovement(
        at=at(when),
        movement_id=f"txn_{source_id}_{category}",
        currency="usd",
        amount_minor=amount,
        fee_minor=fee,
        net_minor=amount - fee,
        category=category,
        type=category,
        source_id=source_id,
        available_on=at(when),
        fee_parts=(),
        exchange_rate=None,
        description="",
    )


def charge(
    charge_id: str, when: str, amount: int, *, fails: bool = False, invoice_id: str | None = None
) -> ChargeSucceeded | ChargeFailed:
    """Return a charge of the first customer."""
    common: dict[str, Any] = {
        "at": at(when),
        "charge_id": charge_id,
        "payment_intent_id": f"pi_{charge_id}",
        "customer_id": "cus_1",
        "invoice_id": invoice_id,
        "session_id": None,
        "amount_minor": amount,
        "currency": "usd",
        "country": "US",
    }
    if fails:
        return ChargeFailed(**common, failure_code="card_declined")
    return ChargeSucceeded(**common, movement_id=f"txn_{charge_id}_charge")


def refund(refund_id: str, charge_id: str, when: str, amount: int) -> Refunded:
    """Return a refund."""
    return Refunded(
        at=at(when),
        refund_id=refund_id,
        charge_id=charge_id,
        amount_minor=amount,
        reason="requested_by_customer",
        movement_id=f"txn_{refund_id}_refund",
    )


def refund_fails(refund_id: str, when: str) -> RefundFailed:
    """Return the failure of a refund."""
    return RefundFailed(
        at=at(when), refund_id=refund_id, movement_id=f"txn_{refund_id}_refund_failure"
    )


def dispute(dispute_id: str, charge_id: str, when: str, amount: int) -> DisputeOpened:
    """Return a dispute."""
    return DisputeOpened(
        at=at(when),
        dispute_id=dispute_id,
        charge_id=charge_id,
        amount_minor=amount,
        reason="fraudulent",
        movement_id=f"txn_{dispute_id}_dispute",
    )


def dispute_closes(dispute_id: str, when: str, *, won: bool) -> DisputeClosed:
    """Return the end of a dispute."""
    back = f"txn_{dispute_id}_dispute_reversal" if won else None
    return DisputeClosed(at=at(when), dispute_id=dispute_id, won=won, movement_id=back)


def payout(payout_id: str, when: str, amount: int, *movements: BalanceMovement) -> PayoutSent:
    """Return a payout of movements."""
    return PayoutSent(
        at=at(when),
        payout_id=payout_id,
        currency="usd",
        amount_minor=amount,
        arrives_at=at(when),
        movement_id=f"txn_{payout_id}_payout",
        movement_ids=tuple(one.movement_id for one in movements),
    )


def invoice_paid(invoice_id: str, when: str, amount: int, *, past_stripe: bool) -> InvoicePaid:
    """Return an invoice's payment."""
    return InvoicePaid(
        at=at(when),
        invoice_id=invoice_id,
        amount_minor=amount,
        charge_id=None if past_stripe or not amount else "ch_1",
        out_of_band=past_stripe,
    )
