"""Steps that wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.company.calendar import boundary, midnight
from sandbox.company.cast.stage import Actor, Stage


@dataclass(frozen=True)
class Wait:
    """Let time pass."""

    days: float = 0
    seconds: int = 0

    def play(self, stage: Stage, actor: Actor) -> datetime:  # noqa: ARG002
        """Come back later, at a whole second."""
        delay = timedelta(days=self.days, seconds=self.seconds)
        return (stage.kernel.now + delay).replace(microsecond=0)


@dataclass(frozen=True)
class Until:
    """Wait for a day of the world's life, at an exact time."""

    day: int
    seconds: int = 0

    def play(self, stage: Stage, actor: Actor) -> datetime:  # noqa: ARG002
        """Come back then."""
        return stage.kernel.start + timedelta(days=self.day, seconds=self.seconds)


@dataclass(frozen=True)
class MonthEnd:
    """Wait for the next 31st."""

    def play(self, stage: Stage, actor: Actor) -> datetime:  # noqa: ARG002
        """Come back at ten past nine of that day."""
        day = midnight(stage.kernel.now) + timedelta(days=1, hours=9, minutes=10)
        while day.day != 31:
            day += timedelta(days=1)
        return day


@dataclass(frozen=True)
class Renewal:
    """Wait until ``hours`` after the n-th renewal from now."""

    number: int = 1
    hours: float = 3

    def play(self, stage: Stage, actor: Actor) -> datetime:  # noqa: ARG002
        """Come back then; negative hours are before it."""
        return _renewal(actor, self.number) + timedelta(hours=self.hours)


@dataclass(frozen=True)
class RenewalDay:
    """Wait until the day of the n-th renewal from now, before the renewal itself."""

    number: int = 1

    def play(self, stage: Stage, actor: Actor) -> datetime:  # noqa: ARG002
        """Come back half way between midnight and the renewal."""
        at = _renewal(actor, self.number)
        day = midnight(at)
        return (day + (at - day) / 2).replace(microsecond=0)


def _renewal(actor: Actor, number: int) -> datetime:
    sub, price = actor.sub, actor.sub.item.price
    if number == 1 or sub.status == "trialing":
        return sub.item.period_end
    return boundary(sub.anchor, str(price.interval), price.interval_count, sub.period + number)
