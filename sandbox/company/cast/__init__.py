"""The cast: customers with a script, so that every case occurs in every world."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from sandbox.catalog import RATE_CHANGE
from sandbox.company.cast.scripts import SCRIPTS, Script
from sandbox.company.cast.stage import Actor, Stage, Step
from sandbox.company.cast.steps import Improvise
from sandbox.company.state import User

if TYPE_CHECKING:
    from sandbox.company.company import Company

_MONTH = timedelta(days=730) / 24
_CALLERS = 3
_GUESTS = (("US", "spark"), ("DE", "reel"), ("JP", "spark"), ("US", "season"), ("FR", "feature"))


class Cast:
    """Gives some of the sign-ups a script, and stages what is nobody's sign-up.

    A script goes to the sign-up that comes at about its month; in a small company scripts follow
    each other closely and may come later than that.
    """

    def __init__(self, company: Company) -> None:
        self._company = company
        self._stage = Stage(company)
        self._scripts: dict[int, Script] = {}
        index = -1
        for script in SCRIPTS:
            if script.signs_up:
                share = script.month / 24
                usual = int((0.55 * share + 0.45 * share**2) * company.signups)
                index = max(index + 1, usual)
                self._scripts[index] = script

    def script(self, index: int) -> Script | None:
        """Return the script of the n-th sign-up, if it has one."""
        return self._scripts.get(index)

    def enter(self, user: User, script: Script) -> None:
        """Take in a user with a script."""
        self._company.visitors.welcome(user)
        self._stage.begin(Actor(_steps(script), user.country, user))

    def begin(self) -> None:
        """Put into the diary what does not begin with a sign-up."""
        kernel = self._company.kernel
        for script in SCRIPTS:
            if not script.signs_up:
                actor = Actor(_steps(script), script.country)
                kernel.schedule(kernel.start + _MONTH * script.month, self._stage.begin, actor)
        kernel.schedule(kernel.start + RATE_CHANGE - timedelta(hours=1), self._call_at_the_change)
        kernel.schedule(kernel.start + timedelta(days=47, seconds=40_000), self._guest, 0)

    def _guest(self, number: int) -> None:
        """Every few weeks somebody without an account buys a present."""
        country, key = _GUESTS[number % len(_GUESTS)]
        self._company.shop.guest_buys(country, key)
        self._company.kernel.after(timedelta(days=38, seconds=977), self._guest, number + 1)

    def _call_at_the_change(self) -> None:
        """Have some calls happen at the very instant of the new rate, one just before it."""
        company, kernel = self._company, self._company.kernel
        change = kernel.start + RATE_CHANGE
        callers = [user for user in company.users if not user.gone][-_CALLERS - 1 :]
        for number, user in enumerate(callers):
            company.credits.grant(user, 1000, "ADJUSTMENT", None)
            early = timedelta(milliseconds=1) if number == _CALLERS else timedelta(0)
            kernel.schedule(change - early, self._call, user)

    def _call(self, user: User) -> None:
        self._company.usage.request(user, "KLING_V2", instant_call=True)


def _steps(script: Script) -> Sequence[Step]:
    return script.steps if script.stays else (*script.steps, Improvise())
