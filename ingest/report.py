"""What a pull did, for the log, the refresh history and the terminal."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

logger = logging.getLogger(__name__)

Mode = Literal["hourly", "nightly", "full"]
MODES: Final[tuple[Mode, ...]] = ("hourly", "nightly", "full")

_LOG_EVERY_SECONDS: Final = 5.0


@dataclass
class PullReport:
    """The counts of one pull, filled while it runs.

    Attributes:
        mode: hourly, nightly or full.
        started_at: the instant that counted as now when it began.
        fetched: rows read, by `schema.table`.
        landed: rows written because they were new or had changed, by `schema.table`.
        requests: requests sent to Stripe, repeated ones included.
        notes: what a person should know: a gap healed, a first backfill.
        seeds: names of the seed files that were landed because they had changed.
        synced_through: by source, the instant up to which every change is known to be in.
        left_out: Stripe tables that were not read, as the settings or the command line say.
    """

    mode: Mode
    started_at: datetime
    fetched: Counter[str] = field(default_factory=Counter)
    landed: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    notes: list[str] = field(default_factory=list)
    seeds: list[str] = field(default_factory=list)
    synced_through: dict[str, datetime] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    @property
    def rows_landed(self) -> int:
        """How many rows were written."""
        return self.landed.total()

    def note(self, text: str) -> None:
        """Keep a remark and log it."""
        self.notes.append(text)
        logger.info("%s", text)

    def warn(self, text: str) -> None:
        """Keep a remark on what should not have happened, and log it as that."""
        self.notes.append(text)
        logger.warning("%s", text)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON."""
        return {
            "mode": self.mode,
            "started_at": self.started_at.isoformat(),
            "fetched": dict(+self.fetched),
            "landed": dict(+self.landed),
            "rows_landed": self.rows_landed,
            "requests": self.requests,
            "notes": self.notes,
            "seeds": self.seeds,
            "left_out": self.left_out,
            "synced_through": {k: at.isoformat() for k, at in self.synced_through.items()},
        }


@dataclass(frozen=True)
class Progress:
    """How far reading a source has come.

    Attributes:
        source: its name.
        objects: how many have been read.
        objects_per_second: on average so far.
        seconds_left: until what is known to be left has been read; None if nobody can say.
    """

    source: str
    objects: int
    objects_per_second: float
    seconds_left: float | None = None

    def __str__(self) -> str:
        """Return it in words."""
        text = f"{self.source}: {self.objects:,} objects, {self.objects_per_second:,.0f} a second"
        return text if self.seconds_left is None else f"{text}, {_in_words(self.seconds_left)} left"


def _in_words(seconds: float) -> str:
    """Return a time that is an estimate, no more exactly than it deserves."""
    minutes = round(seconds / 60)
    if seconds < 60:
        return f"about {max(1, round(seconds))} s"
    return f"about {minutes} min" if minutes < 60 else f"about {minutes // 60} h {minutes % 60} min"


ProgressCallback = Callable[[Progress], None]


def log_progress(progress: Progress) -> None:
    """Write one line of progress to the log."""
    logger.info("%s", progress)


@dataclass
class Meter:
    """Counts what is read from a source, and tells of it every few seconds.

    Attributes:
        source: its name.
        tell: is called with the progress.
        clock: monotonic seconds.
        objects: how many have been read.
        objects_left: estimates how many are left to be read; None while nobody can say.
    """

    source: str
    tell: ProgressCallback
    clock: Callable[[], float] = time.monotonic
    objects: int = 0
    objects_left: Callable[[], float | None] | None = None

    def __post_init__(self) -> None:
        """Start the clock."""
        self._began = self._told = self.clock()

    def add(self, count: int) -> None:
        """Count objects that were read."""
        self.objects += count
        if self.clock() - self._told >= _LOG_EVERY_SECONDS:
            self.finish()

    def finish(self) -> None:
        """Tell how far it has come."""
        self._told = self.clock()
        rate = self.objects / max(self._told - self._began, 1e-9)
        left = self.objects_left() if self.objects_left else None
        seconds = left / rate if left is not None and rate else None
        self.tell(Progress(self.source, self.objects, rate, seconds))
