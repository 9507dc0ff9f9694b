"""The engine with one safeguard taken out: each must be seen to lose something."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final

import pytest
from memory_store import MemoryStore

from ingest.stripe import changes, tail
from ingest.stripe.client import StripeReader
from ingest.stripe.judging import Judge
from ingest.stripe.packages import Package
from ingest.stripe.store import Landed

Mutation = Callable[[pytest.MonkeyPatch], None]


class CursorFirst(MemoryStore):
    """Keeps the cursor before the rows that go with it count."""

    def land(self, package: Package, empty: Iterable[str] = ()) -> None:
        self._state = copy.deepcopy(package.state)
        super().land(package, empty)


def _cursor_before_rows(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("schedules.MemoryStore", CursorFirst)


def _no_overlap(patch: pytest.MonkeyPatch) -> None:
    for module in (changes, tail):
        patch.setattr(module, "OVERLAP", timedelta(0))


def _ten_rows_are_enough(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(StripeReader, "_completed", lambda self, spec, obj: obj)


def _payloads_are_believed(patch: pytest.MonkeyPatch) -> None:
    def usable(spec: object, change: changes.Change, after: int) -> changes.Json | None:
        return change.payload if change.payload.get("id") and not change.told_gone else None

    patch.setattr(tail, "usable_payload", usable)


def _absence_says_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Judge, "doubtful", lambda *_, **__: {})


def _names_say_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Landed, "missing", lambda *_: {})


def _windows_are_not_read(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(tail.Tail, "_trailing", lambda *_: iter(()))


def _gaps_go_unseen(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("ingest.stripe.pull.find_gap", lambda *_: None)
    patch.setattr(tail.Tail, "_check_overlap", lambda *_: None)


MUTATIONS: Final[dict[str, Mutation]] = {
    "the cursor is kept before its rows": _cursor_before_rows,
    "the stream is not read again": _no_overlap,
    "ten nested rows are enough": _ten_rows_are_enough,
    "payloads are believed": _payloads_are_believed,
    "absence says nothing": _absence_says_nothing,
    "names say nothing": _names_say_nothing,
    "windows are not read again": _windows_are_not_read,
    "gaps go unseen": _gaps_go_unseen,
}
