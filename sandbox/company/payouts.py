"""Automatic payouts: every Monday what is available, by currency."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sandbox.ledger import BalanceMovement, PayoutArrived, PayoutFailed, PayoutSent

if TYPE_CHECKING:
    from sandbox.company.company import Company

_WEEK = timedelta(days=7)
_WAY = timedelta(days=2)
#: The n-th payout of a currency that the bank sends back (an account closed, a name mistyped).
_RETURNED = {"usd": frozenset({17, 61}), "jpy": frozenset({9})}


class Payouts:
    """Keeps what has not been paid out yet, and sends it on Mondays."""

    def __init__(self, company: Company) -> None:
        self._kernel = company.kernel
        self._waiting: dict[str, list[BalanceMovement]] = {"usd": [], "jpy": []}
        self._sent = {"usd": 0, "jpy": 0}

    def collect(self, movement: BalanceMovement) -> None:
        """Note a movement of the balance for a later payout."""
        self._waiting[movement.currency].append(movement)

    def pay_out(self) -> None:
        """Send what is available in each currency, and come back in a week."""
        for currency in self._waiting:
            self._send(currency)
        self._kernel.after(_WEEK, self.pay_out)

    def _send(self, currency: str) -> None:
        kernel = self._kernel
        ready = [m for m in self._waiting[currency] if m.available_on <= kernel.now]
        amount = sum(m.net_minor for m in ready)
        if amount <= 0:
            return
        self._waiting[currency] = [
            m for m in self._waiting[currency] if m.available_on > kernel.now
        ]
        self._sent[currency] += 1
        payout_id, movement_id = kernel.stripe_id("po"), kernel.stripe_id("txn")
        kernel.record(
            PayoutSent(
                at=kernel.now,
                payout_id=payout_id,
                currency=currency,
                amount_minor=amount,
                arrives_at=kernel.now + _WAY,
                movement_id=movement_id,
                movement_ids=tuple(m.movement_id for m in ready),
            )
        )
        self._move(movement_id, payout_id, currency, -amount, "payout", "payout")
        if self._sent[currency] in _RETURNED[currency]:
            kernel.after(_WAY + timedelta(hours=30), self._return, payout_id, currency, amount)
        else:
            kernel.after(_WAY, self._arrive, payout_id)

    def _arrive(self, payout_id: str) -> None:
        self._kernel.record(PayoutArrived(at=self._kernel.now, payout_id=payout_id))

    def _return(self, payout_id: str, currency: str, amount: int) -> None:
        movement_id = self._kernel.stripe_id("txn")
        self._kernel.record(
            PayoutFailed(at=self._kernel.now, payout_id=payout_id, movement_id=movement_id)
        )
        back = self._move(
            movement_id, payout_id, currency, amount, "payout_reversal", "payout_failure"
        )
        self.collect(back)

    def _move(
        self, movement_id: str, payout_id: str, currency: str, amount: int, category: str, kind: str
    ) -> BalanceMovement:
        movement = BalanceMovement(
            at=self._kernel.now,
            movement_id=movement_id,
            currency=currency,
            amount_minor=amount,
            fee_minor=0,
            net_minor=amount,
            category=category,
            type=kind,
            source_id=payout_id,
            available_on=self._kernel.now,
            fee_parts=(),
            exchange_rate=None,
            description="STRIPE PAYOUT",
        )
        self._kernel.record(movement)
        return movement
