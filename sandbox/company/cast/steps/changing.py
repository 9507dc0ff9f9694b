"""Steps that change running subscriptions."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.company.cast.stage import Actor, Stage


@dataclass(frozen=True)
class Focus:
    """Go on with another of the actor's subscriptions."""

    index: int

    def play(self, stage: Stage, actor: Actor) -> None:  # noqa: ARG002
        """Set the focus."""
        actor.focus = self.index


@dataclass(frozen=True)
class Change:
    """Other plan or quantity now, with proration, billed now or with the next invoice."""

    plan: str | None = None
    quantity: int = 1
    bill_now: bool = True

    def play(self, stage: Stage, actor: Actor) -> None:
        """Change the main item."""
        sub = actor.sub
        price = stage.company.price(self.plan) if self.plan else sub.item.price
        stage.company.changes.change(sub, sub.item, price, self.quantity, bill_now=self.bill_now)


@dataclass(frozen=True)
class NextPeriod:
    """Other plan or quantity from the next renewal on."""

    plan: str | None = None
    quantity: int = 1

    def play(self, stage: Stage, actor: Actor) -> None:
        """Plan the change."""
        sub = actor.sub
        price = stage.company.price(self.plan) if self.plan else sub.item.price
        stage.company.changes.next_period(sub, sub.item, price, self.quantity)


@dataclass(frozen=True)
class Add:
    """A further item."""

    plan: str
    quantity: int = 1
    bill_now: bool = True

    def play(self, stage: Stage, actor: Actor) -> None:
        """Add it."""
        price = stage.company.price(self.plan)
        stage.company.changes.add(actor.sub, price, self.quantity, bill_now=self.bill_now)


@dataclass(frozen=True)
class Remove:
    """The newest item goes."""

    bill_now: bool = False

    def play(self, stage: Stage, actor: Actor) -> None:
        """Remove it."""
        stage.company.changes.remove(actor.sub, actor.sub.items[-1], bill_now=self.bill_now)


@dataclass(frozen=True)
class Swap:
    """The item is deleted and another created in one call."""

    plan: str
    quantity: int = 1

    def play(self, stage: Stage, actor: Actor) -> None:
        """Swap it."""
        price = stage.company.price(self.plan)
        stage.company.changes.swap(actor.sub, actor.sub.item, price, self.quantity)


@dataclass(frozen=True)
class Cancel:
    """Ask for the end."""

    at_period_end: bool = True
    feedback: str | None = "too_expensive"

    def play(self, stage: Stage, actor: Actor) -> None:
        """Cancel."""
        stage.company.endings.cancel(actor.sub, self.feedback, at_period_end=self.at_period_end)


@dataclass(frozen=True)
class Keep:
    """Stay after all."""

    def play(self, stage: Stage, actor: Actor) -> None:
        """Rescind."""
        stage.company.endings.keep(actor.sub)


@dataclass(frozen=True)
class Pause:
    """Pause collection."""

    def play(self, stage: Stage, actor: Actor) -> None:
        """Pause."""
        stage.company.endings.pause(actor.sub)


@dataclass(frozen=True)
class Resume:
    """Collect again."""

    def play(self, stage: Stage, actor: Actor) -> None:
        """Resume."""
        stage.company.endings.resume(actor.sub)


@dataclass(frozen=True)
class GiveDiscount:
    """A coupon on the running subscription, or on the customer."""

    coupon: str
    on_customer: bool = False

    def play(self, stage: Stage, actor: Actor) -> None:
        """Apply it."""
        coupon = stage.company.coupon(self.coupon)
        sub = None if self.on_customer else actor.sub
        stage.company.discounts.give(coupon, actor.buyer, sub)


@dataclass(frozen=True)
class Improvise:
    """The script is over: from now on its subscriptions behave as any other."""

    def play(self, stage: Stage, actor: Actor) -> None:  # noqa: ARG002
        """Let go."""
        for sub in actor.subs:
            sub.scripted = False
