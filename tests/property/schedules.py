"""Random schedules: what a business does, when it is pulled, and what goes wrong meanwhile."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, field
from typing import Final

import pytest
from memory_store import KilledError
from random_account import LONGEST_LAG_SECONDS
from random_business import Business
from replica import Image, MemoryReplica, Replica
from stripe_line import Line
from troubles import Trouble, any_trouble

from ingest.report import MODES, Mode, PullReport
from ingest.stripe import client, fetching, packages, pull, tail
from ingest.stripe.listing import Listing
from ingest.stripe.selection import INDISPENSABLE
from ingest.stripe.specs import BY_TABLE
from warehouse.errors import SourceError

_PULL: Final = "===="
_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR


@dataclass(frozen=True)
class Sizes:
    """How large the engine's units are: so small that a few objects make many of them."""

    page: int
    package: int
    judged: int
    worth_listing: int
    gets: int

    @classmethod
    def any(cls, rng: random.Random) -> Sizes:
        return cls(
            page=rng.choice((3, 20, 100)),
            package=rng.choice((5, 20, 20_000)),
            judged=rng.choice((4, 50, 10_000)),
            worth_listing=rng.choice((1, 5, 20)),
            gets=rng.choice((1, 10)),
        )

    def apply(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(client, "PAGE_SIZE", self.page)
        monkeypatch.setattr(tail, "PAGE_SIZE", self.page)
        monkeypatch.setattr(packages, "PACKAGE_OBJECTS", self.package)
        monkeypatch.setattr(pull, "_JUDGED_OBJECTS", self.judged)
        monkeypatch.setattr(tail, "_WORTH_LISTING", self.worth_listing)
        monkeypatch.setattr(fetching, "_GETS_PER_JOB", self.gets)
        # Where an answer takes a millisecond, as many threads as at home only cost time.
        monkeypatch.setattr(fetching, "WORKERS", 4)
        monkeypatch.setitem(Listing.__init__.__kwdefaults__, "workers", 4)


@dataclass
class Schedule:
    """One business and the replica that follows it.

    Attributes:
        seed: of everything.
        line: how the replica reaches it.
        make_replica: makes the replica of an account.
        followed: events that were visible when a pull began that then ended well.
        caught_up: when the first pull began that ended well; events before it may have been read
            without being followed.
    """

    seed: int
    line: Line
    make_replica: Callable[[Line, str], Replica] = MemoryReplica
    followed: set[str] = field(default_factory=set)
    caught_up: int | None = None

    def __post_init__(self) -> None:
        self.rng = random.Random(f"schedule {self.seed}")
        self.business = Business(f"acct_{self.seed}", random.Random(f"business {self.seed}"))
        self.line.connect(self.business)
        self.replica = self.make_replica(self.line, self.business.account_id)
        self.forbidden: frozenset[str] = frozenset()
        if self.rng.random() < 0.15:
            optional = sorted(BY_TABLE.keys() - INDISPENSABLE)
            self.forbidden = frozenset(self.rng.sample(optional, self.rng.randint(1, 5)))

    def run(self, most: int = 4) -> None:
        """Let the business go on, and pull it two to `most` times, whatever goes wrong."""
        self.business.begin()
        for _ in range(self.rng.randint(2, most)):
            left_out = self.forbidden if self.rng.random() < 0.6 else frozenset()
            trouble = any_trouble(self.rng, self.business)
            self._pull(self._any_mode(), trouble, left_out)
            self._pass_time()

    def refresh(self, mode: Mode) -> PullReport:
        """Pull undisturbed."""
        return self._pull(mode, Trouble()) or pytest.fail("the refresh did not end")

    def let_events_appear(self) -> None:
        """Wait until the latest event of all is visible, and nothing happens."""
        self.business.pass_time(LONGEST_LAG_SECONDS + _MINUTE, acts=0)

    def from_scratch(self) -> Image:
        """Return what a pull from scratch holds, just now."""
        fresh = MemoryReplica(self.line, self.business.account_id)
        fresh.pull("full", self.business.clock.now())
        return fresh.image()

    def story(self, wrong: list[str]) -> str:
        """Return what is wrong, what had been done to it before, and how to see it again."""
        again = f"pytest tests/property/test_nothing_is_lost.py --seeds {self.seed}"
        told = [
            line
            for line in self.business.diary
            if _PULL in line or any(word in line for one in wrong for word in _ids_in(one))
        ]
        return "\n".join([f"seed {self.seed}, to be played again with: {again}", *wrong, *told])

    def _any_mode(self) -> Mode:
        return self.rng.choices(MODES, weights=(7, 2, 1))[0]

    def _pass_time(self) -> None:
        spans: tuple[tuple[float, float], ...] = (
            (0, 0),
            (1, 50),
            (_MINUTE, 50 * _MINUTE),
            (_HOUR, 20 * _HOUR),
            (_DAY, 6 * _DAY),
            (20 * _DAY, 29 * _DAY),
            (45 * _DAY, 46 * _DAY),
        )
        least, most = self.rng.choices(spans, weights=(2, 2, 6, 5, 4, 1, 1))[0]
        seconds = self.rng.uniform(least, most)
        if self.rng.random() < 0.03:
            self.business.burst()
        self.business.pass_time(seconds, acts=self.rng.randint(0, 12))
        self.business.diary.append(f"{self.business.clock.at:%m-%d %H:%M:%S} after {seconds:.0f} s")

    def _pull(
        self, mode: Mode, trouble: Trouble, left_out: Set[str] = frozenset()
    ) -> PullReport | None:
        """Pull as a new process does; None if it was killed, or failed as it should."""
        now, visible = self.business.clock.now(), self.business.visible()
        self.line.plan.begin(trouble.faults)
        trouble.kill.arm(self.replica.hooks)
        outcome = "ended"
        try:
            report = self.replica.pull(mode, now, left_out)
        except KilledError:
            outcome = "was killed"
        except SourceError as error:
            if not trouble.lasting or trouble.lasting not in str(error):
                raise
            outcome = f"failed: {error}"
        else:
            self.followed |= visible
            if self.caught_up is None:
                self.caught_up = int(now.timestamp())
            return report
        finally:
            self.line.plan.begin()
            self.business.diary.append(
                f"{now:%m-%d %H:%M:%S} {_PULL} {mode} {outcome}; {trouble}; {sorted(left_out)}"
            )
        return None


def _ids_in(line: str) -> set[str]:
    return set(re.findall(r"[a-z]+_\w{6,}|SALE\d", line))


def seeds(given: str) -> Iterator[int]:
    """Return the seeds of a range (`200:2200`) or a single one."""
    first, _, end = given.partition(":")
    yield from range(int(first), int(end) if end else int(first) + 1)
