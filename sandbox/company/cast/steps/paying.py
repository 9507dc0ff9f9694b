"""Steps about payments that fail or go back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sandbox.company.cast.stage import Actor, Stage

_NEVER = timedelta(days=36_500)


@dataclass(frozen=True)
class CardFails:
    """The card is declined from now on, for some days or for good; what Stripe does at the end."""

    days: float | None = None
    terminal: str = "cancel"

    def play(self, stage: Stage, actor: Actor) -> None:
        """Spoil the card."""
        actor.sub.terminal = self.terminal
        delay = _NEVER if self.days is None else timedelta(days=self.days)
        stage.company.dunning.card_fails(actor.buyer, stage.kernel.now + delay)


@dataclass(frozen=True)
class NewCard:
    """A card that works; what is open is charged at once."""

    def play(self, stage: Stage, actor: Actor) -> None:
        """Replace the card."""
        stage.company.dunning.new_card(actor.buyer)


@dataclass(frozen=True)
class Refund:
    """Part (percent) of the last charge goes back."""

    percent: int = 100
    fails_after_days: float = 0
    by_credit_note: bool = False

    def play(self, stage: Stage, actor: Actor) -> None:
        """Refund it."""
        charge = actor.buyer.charges[-1]
        amount = charge.amount_minor * self.percent // 100
        if self.by_credit_note and charge.invoice:
            stage.company.invoices.credit_note(charge.invoice, amount, refund=True)
            return
        fails = timedelta(days=self.fails_after_days) if self.fails_after_days else None
        stage.company.payments.refund(charge, amount, fails_after=fails)
        if self.percent == 100 and not fails and actor.user and charge.invoice is None:
            stage.company.credits.claw_back(actor.user, charge.payment_intent_id)


@dataclass(frozen=True)
class Dispute:
    """The bank takes the last charge back; the subscription may end over it."""

    won: bool
    closes_after_days: float = 40
    ends: bool = False

    def play(self, stage: Stage, actor: Actor) -> None:
        """Dispute it."""
        stage.company.payments.dispute(
            actor.buyer.charges[-1],
            "fraudulent",
            timedelta(days=self.closes_after_days),
            won=self.won,
        )
        if self.ends:
            stage.company.endings.end(actor.sub, "payment_disputed")


@dataclass(frozen=True)
class CreditNote:
    """Staff lower an open invoice."""

    amount_minor: int

    def play(self, stage: Stage, actor: Actor) -> None:
        """Issue a credit note for the newest open invoice of the subscription."""
        invoice = actor.sub.invoices[-1]
        stage.company.invoices.credit_note(invoice, self.amount_minor, refund=False)
