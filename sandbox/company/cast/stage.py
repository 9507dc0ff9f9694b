"""How a script is played: one step after the other, on the company's clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from sandbox.company.state import Customer, Subscription, User

if TYPE_CHECKING:
    from sandbox.company.company import Company


@dataclass(eq=False)
class Actor:
    """Who plays a script, and how far it has come.

    ``user`` is None for customers that staff made at Stripe. ``sub`` is the subscription the next
    steps are about.
    """

    steps: Sequence[Step]
    country: str
    user: User | None = None
    place: int = 0
    customer: Customer | None = None
    subs: list[Subscription] = field(default_factory=list)
    focus: int = -1

    @property
    def sub(self) -> Subscription:
        """The subscription in focus: the newest, unless a step said otherwise."""
        return self.subs[self.focus]

    @property
    def buyer(self) -> Customer:
        """The customer.

        Raises:
            LookupError: if the script has not made one yet.
        """
        if self.customer is None:
            raise LookupError("this script has no customer yet")
        return self.customer


class Step(Protocol):
    """One thing that happens in a script."""

    def play(self, stage: Stage, actor: Actor) -> datetime | None:
        """Do it. Returns when the next step may come, or None for at once."""


class Stage:
    """Plays scripts."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.kernel = company.kernel

    def begin(self, actor: Actor) -> None:
        """Start a script at the next hour of the day that suits subscriptions."""
        rng = self.kernel.random("stage", actor.user.index if actor.user else actor.country)
        day = self.kernel.now.replace(hour=0, minute=0, second=0, microsecond=0)
        at = day + timedelta(days=1, seconds=rng.randint(3_600, 60_000))
        self.kernel.schedule(at, self._go_on, actor)

    def _go_on(self, actor: Actor) -> None:
        while actor.place < len(actor.steps):
            step = actor.steps[actor.place]
            actor.place += 1
            wait = step.play(self, actor)
            if wait is not None:
                self.kernel.schedule(wait, self._go_on, actor)
                return
