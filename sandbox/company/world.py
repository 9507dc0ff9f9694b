"""The world: the company, what Stripe shows of it, and what it leaves behind on disk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sandbox.company.calendar import add_months, midnight, month_start
from sandbox.company.company import Company
from sandbox.company.seeds import write_seeds
from sandbox.ledger import Fact
from sandbox.rendering.renderer import StripeRenderer
from sandbox.stripe_api import ObjectStore

MONTHS = 24


class World:
    """A company from ``start`` on, advanced step by step on a virtual clock.

    Args:
        seed: the same seed, size and start give the same world.
        customers: sign-ups in the first 24 months.
        start: the first instant (aware UTC).
        end: how far to let it run at once; see :meth:`advance`.
    """

    def __init__(self, seed: int, customers: int, start: datetime, end: datetime) -> None:
        self.seed = seed
        self.customers = customers
        self.start = start
        self._now = start
        self._company = Company(seed, customers, start)
        self.store = ObjectStore(self.now)
        self._renderer = StripeRenderer(self.store, start)
        self.advance(end)

    def now(self) -> datetime:
        """Return the virtual clock."""
        return self._now

    @property
    def ledger(self) -> Sequence[Fact]:
        """What happened, in order of time; only ever appended to."""
        return self._company.kernel.ledger

    def advance(self, until: datetime) -> None:
        """Let everything happen that is due before ``until``. Going back is not possible.

        Raises:
            ValueError: if ``until`` is before the virtual clock's time.
        """
        if until < self._now:
            raise ValueError(f"it is {self._now.isoformat()} already")
        done = len(self.ledger)
        self._company.kernel.run(until)
        self._now = until
        self._renderer.render(self.ledger[done:], until)

    def write_seeds(self, folder: Path) -> None:
        """Write the CSV files with which Tillhouse knows what this company knows."""
        write_seeds(self.ledger, folder)


def world_start(day: datetime) -> datetime:
    """Return the start of a world that ends on ``day``: the first of the month 24 months before.

    All days of one month share it, so that the next day's world continues the last day's.
    """
    return add_months(month_start(midnight(day)), -MONTHS)
