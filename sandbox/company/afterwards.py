"""What follows some charges later: refunds, failed refunds, credit notes, disputes."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

from sandbox.company.state import Charge

if TYPE_CHECKING:
    from sandbox.company.company import Company

_REFUND_RATE = 0.018
_DISPUTE_RATE = 0.006
_REASONS = ("fraudulent", "product_not_received", "subscription_canceled", "unrecognized")


class Afterwards:
    """Second thoughts of customers and their banks."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._kernel = company.kernel

    def charged(self, charge: Charge) -> None:
        """Decide at the time of a charge what will become of it."""
        if charge.invoice and charge.invoice.subscription and charge.invoice.subscription.scripted:
            return
        rng = self._kernel.random("afterwards", charge.charge_id)
        roll = rng.random()
        if roll < _REFUND_RATE:
            self._kernel.after(_days(rng, 1, 24), self.refund, charge, rng)
        elif roll < _REFUND_RATE + _DISPUTE_RATE:
            self._kernel.after(_days(rng, 6, 45), self.dispute, charge, rng)

    def refund(self, charge: Charge, rng: random.Random) -> None:
        """Refund a charge, whole or in part; one refund in twelve comes back."""
        left = charge.amount_minor - charge.refunded_minor
        if charge.disputed or not left:
            return
        if charge.invoice and rng.random() < 0.25:
            self._company.invoices.credit_note(charge.invoice, max(1, left // 2), refund=True)
            return
        whole = rng.random() < 0.6
        amount = left if whole else max(1, left * rng.choice((25, 40, 50)) // 100)
        fails = timedelta(days=4, hours=2) if rng.random() < 0.08 else None
        self._company.payments.refund(charge, amount, fails_after=fails)
        user = charge.customer.user if charge.customer else None
        if whole and not fails and charge.invoice is None and user:
            self._company.credits.claw_back(user, charge.payment_intent_id)

    def dispute(self, charge: Charge, rng: random.Random) -> None:
        """Dispute a charge; some banks' complaints end the subscription as well."""
        if charge.disputed or charge.refunded_minor:
            return
        self._company.payments.dispute(
            charge, rng.choice(_REASONS), _days(rng, 20, 60), won=rng.random() < 0.35
        )
        sub = charge.invoice.subscription if charge.invoice else None
        if sub and sub.healthy and rng.random() < 0.6:
            self._kernel.after(
                timedelta(seconds=30),
                self._company.endings.end,
                sub,
                "payment_disputed",
            )


def _days(rng: random.Random, least: int, most: int) -> timedelta:
    return timedelta(days=rng.randint(least, most), seconds=rng.randint(0, 60_000))
