"""A property that can't fail proves nothing: safeguards are taken out one by one, and missed."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import pytest
from memory_store import MemoryStore
from replica import MemoryReplica
from schedules import Schedule, Sizes
from stripe_line import Line
from verdict import verdict

from ingest.stripe import changes, pull, tail
from ingest.stripe.client import StripeReader
from ingest.stripe.judging import Judge
from ingest.stripe.object_spec import ParentSign
from ingest.stripe.packages import Package
from ingest.stripe.store import Landed

pytestmark = pytest.mark.thorough

# How many seeds are tried; the first one given is known to do.
_SEEDS: Final = 20


class CursorFirst(MemoryStore):
    """Keeps the cursor before the rows that go with it count."""

    def land(self, package: Package, empty: Iterable[str] = ()) -> None:
        self._state = copy.deepcopy(package.state)
        super().land(package, empty)


def _believed(_: object, change: changes.Change, __: int) -> dict[str, Any] | None:
    """Return any payload, whatever its version, its age and what else happened."""
    return change.payload if change.payload.get("id") and not change.told_gone else None


@dataclass(frozen=True)
class Mutant:
    """The engine without a safeguard.

    Attributes:
        takes_out: the attributes to replace, and by what.
        seed: the first of those that are tried.
        make_store: makes the raw layer.
    """

    takes_out: tuple[tuple[object, str, object], ...]
    seed: int
    make_store: Callable[[], MemoryStore] = MemoryStore

    def loses_something(self, seed: int, line: Line) -> bool:
        def make(line: Line, account_id: str) -> MemoryReplica:
            return MemoryReplica(line, account_id, self.make_store())

        with pytest.MonkeyPatch.context() as patch:
            for owner, name, other in self.takes_out:
                patch.setattr(owner, name, other)
            schedule = Schedule(seed, line, make)
            Sizes.any(schedule.rng).apply(patch)
            schedule.run()
            return bool(verdict(schedule))


_NO_TIME: Final = timedelta(0)
MUTANTS: Final = {
    "the cursor is kept before its rows": Mutant((), 11, CursorFirst),
    "the stream is not read again": Mutant(
        ((changes, "OVERLAP", _NO_TIME), (tail, "OVERLAP", _NO_TIME)), 2
    ),
    "ten nested rows are enough": Mutant(
        ((StripeReader, "_completed", lambda _, __, obj: obj),), 0
    ),
    "lists under parents are not followed": Mutant(((ParentSign, "tells", lambda *_: False),), 0),
    "payloads are believed": Mutant(((tail, "usable_payload", _believed),), 0),
    "absence says nothing": Mutant(((Judge, "doubtful", lambda *_, **__: {}),), 4),
    "names say nothing": Mutant(((Landed, "missing", lambda *_: {}),), 1),
    "windows are not read again": Mutant(((tail.Tail, "_trailing", lambda *_: iter(())),), 6),
    "gaps go unseen": Mutant(
        ((pull, "find_gap", lambda *_: None), (tail.Tail, "_check_overlap", lambda *_: None)), 0
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_without_a_safeguard_something_is_lost(name: str, line: Line) -> None:
    mutant = MUTANTS[name]
    tried = range(mutant.seed, mutant.seed + _SEEDS)
    assert any(mutant.loses_something(seed, line) for seed in tried)
