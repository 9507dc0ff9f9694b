"""Money coming in and going back: charges, refunds, disputes and Stripe's fees."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.company.calendar import midnight
from sandbox.company.rounding import half_even, percent_of
from sandbox.company.state import Charge, Customer, Invoice
from sandbox.ledger import (
    BalanceMovement,
    ChargeFailed,
    ChargeSucceeded,
    DisputeClosed,
    DisputeOpened,
    FeePart,
    Refunded,
    RefundFailed,
)

if TYPE_CHECKING:
    from sandbox.company.company import Company

DISPUTE_FEE_MINOR = {"usd": 1500, "jpy": 2200}
_DELAY = timedelta(days=2)
_CARD_PERCENT = {"usd": Decimal("2.9"), "eur": Decimal("2.9"), "jpy": Decimal("3.6")}
_CARD_FIXED = {"usd": 30, "eur": 30, "jpy": 0}


def settlement_currency(currency: str) -> str:
    """Return the balance that takes the money: yen are kept, all else becomes dollars."""
    return currency if currency == "jpy" else "usd"


class Payments:
    """The account's cards, its balance at Stripe and everything that moves it."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._kernel = company.kernel

    def charge(
        self,
        customer: Customer | None,
        amount_minor: int,
        payment_intent_id: str,
        *,
        currency: str,
        country: str,
        invoice: Invoice | None = None,
        session_id: str | None = None,
    ) -> Charge | None:
        """Ask a card for money. None if it was declined."""
        kernel = self._kernel
        common: dict[str, Any] = {
            "at": kernel.now,
            "charge_id": kernel.stripe_id("ch"),
            "payment_intent_id": payment_intent_id,
            "customer_id": customer.customer_id if customer else None,
            "invoice_id": invoice.bill.invoice_id if invoice else None,
            "session_id": session_id,
            "amount_minor": amount_minor,
            "currency": currency,
            "country": country,
        }
        if customer and customer.declined(kernel.now):
            code = customer.rng.choice(("card_declined", "card_declined", "expired_card"))
            kernel.record(ChargeFailed(**common, failure_code=code))
            return None
        movement_id = kernel.stripe_id("txn")
        kernel.record(ChargeSucceeded(**common, movement_id=movement_id))
        charge = Charge(
            common["charge_id"], payment_intent_id, customer, amount_minor, currency, invoice
        )
        self._settle(charge, movement_id)
        if customer:
            customer.charges.append(charge)
        self._company.afterwards.charged(charge)
        return charge

    def _settle(self, charge: Charge, movement_id: str) -> None:
        settled = self._settled(charge.amount_minor, charge.currency)
        self._move(
            movement_id,
            charge.currency,
            settled,
            category="charge",
            kind="charge",
            source_id=charge.charge_id,
            fees=_card_fees(settled, charge.currency),
            delay=_DELAY,
        )

    def refund(
        self,
        charge: Charge,
        amount_minor: int,
        reason: str = "requested_by_customer",
        *,
        fails_after: timedelta | None = None,
    ) -> str:
        """Give money back. Returns the refund's id."""
        kernel = self._kernel
        refund_id, movement_id = kernel.stripe_id("re"), kernel.stripe_id("txn")
        charge.refunded_minor += amount_minor
        kernel.record(
            Refunded(
                at=kernel.now,
                refund_id=refund_id,
                charge_id=charge.charge_id,
                amount_minor=amount_minor,
                reason=reason,
                movement_id=movement_id,
            )
        )
        settled = self._settled(amount_minor, charge.currency)
        self._move(
            movement_id,
            charge.currency,
            -settled,
            category="refund",
            kind="refund",
            source_id=refund_id,
        )
        if fails_after:
            kernel.after(fails_after, self._refund_fails, charge, refund_id, amount_minor, settled)
        return refund_id

    def _refund_fails(
        self, charge: Charge, refund_id: str, amount_minor: int, settled: int
    ) -> None:
        movement_id = self._kernel.stripe_id("txn")
        charge.refunded_minor -= amount_minor
        self._kernel.record(
            RefundFailed(at=self._kernel.now, refund_id=refund_id, movement_id=movement_id)
        )
        self._move(
            movement_id,
            charge.currency,
            settled,
            category="refund_failure",
            kind="refund_failure",
            source_id=refund_id,
        )

    def dispute(self, charge: Charge, reason: str, closes_after: timedelta, *, won: bool) -> None:
        """Let a cardholder's bank take the money back; later the dispute is won or lost."""
        if charge.disputed or charge.refunded_minor:
            return
        kernel = self._kernel
        charge.disputed = True
        dispute_id, movement_id = kernel.stripe_id("du"), kernel.stripe_id("txn")
        kernel.record(
            DisputeOpened(
                at=kernel.now,
                dispute_id=dispute_id,
                charge_id=charge.charge_id,
                amount_minor=charge.amount_minor,
                reason=reason,
                movement_id=movement_id,
            )
        )
        settled = self._settled(charge.amount_minor, charge.currency)
        fee = DISPUTE_FEE_MINOR[settlement_currency(charge.currency)]
        self._move(
            movement_id,
            charge.currency,
            -settled,
            category="dispute",
            kind="adjustment",
            source_id=dispute_id,
            fees=(FeePart(type="stripe_fee", amount_minor=fee, description="Dispute fee"),),
        )
        kernel.after(closes_after, self._close_dispute, charge, dispute_id, settled, won)

    def _close_dispute(
        self,
        charge: Charge,
        dispute_id: str,
        settled: int,
        won: bool,  # noqa: FBT001 - called by the diary, which has no keywords
    ) -> None:
        movement_id = self._kernel.stripe_id("txn") if won else None
        self._kernel.record(
            DisputeClosed(
                at=self._kernel.now, dispute_id=dispute_id, won=won, movement_id=movement_id
            )
        )
        if movement_id:
            charge.disputed = False
            self._move(
                movement_id,
                charge.currency,
                settled,
                category="dispute_reversal",
                kind="adjustment",
                source_id=dispute_id,
            )

    def stripe_fee(self, amount_minor: int, description: str, category: str = "fee") -> None:
        """Stripe takes a fee of its own from the dollar balance."""
        self._move(
            self._kernel.stripe_id("txn"),
            "usd",
            -amount_minor,
            category=category,
            kind="stripe_fee",
            source_id=None,
            description=description,
        )

    def _settled(self, amount_minor: int, currency: str) -> int:
        if currency in {"usd", "jpy"}:
            return amount_minor
        return half_even(amount_minor * self._company.rates.today(currency))

    def _move(  # noqa: PLR0913 - a movement has this many independent properties
        self,
        movement_id: str,
        currency: str,
        amount_minor: int,
        *,
        category: str,
        kind: str,
        source_id: str | None,
        fees: tuple[FeePart, ...] = (),
        delay: timedelta = timedelta(0),
        description: str = "",
    ) -> None:
        now = self._kernel.now
        fee = sum(part.amount_minor for part in fees)
        converted = settlement_currency(currency) != currency
        movement = BalanceMovement(
            at=now,
            movement_id=movement_id,
            currency=settlement_currency(currency),
            amount_minor=amount_minor,
            fee_minor=fee,
            net_minor=amount_minor - fee,
            category=category,
            type=kind,
            source_id=source_id,
            available_on=_available(now, delay),
            fee_parts=fees,
            exchange_rate=self._company.rates.today(currency) if converted else None,
            description=description,
        )
        self._kernel.record(movement)
        self._company.payouts.collect(movement)


def _available(now: datetime, delay: timedelta) -> datetime:
    """Money is available at a midnight after the delay; what costs nothing to wait, at once."""
    return midnight(now + delay) if delay else now


def _card_fees(settled_minor: int, currency: str) -> tuple[FeePart, ...]:
    fee = percent_of(settled_minor, _CARD_PERCENT[currency]) + _CARD_FIXED[currency]
    parts = [
        FeePart(type="stripe_fee", amount_minor=fee, description="Stripe processing fees"),
    ]
    if currency == "eur":
        parts.append(
            FeePart(
                type="stripe_fee",
                amount_minor=percent_of(settled_minor, Decimal(1)),
                description="Stripe currency conversion fee",
            )
        )
    return tuple(parts)
