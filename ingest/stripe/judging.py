"""Absence: what is landed and in no list any more, so that it has to be asked for by its id."""

from __future__ import annotations

from ingest.stripe.landing import Row
from ingest.stripe.slices import Slice
from ingest.stripe.specs import BY_TABLE
from ingest.stripe.store import Landed


class Judge:
    """Finds what is landed, created in a slice's range, and not in the slice."""

    def __init__(self, landed: Landed, start: int, *, all_types: bool) -> None:
        self._landed = landed
        self._start = start
        # Events on tables that were left out have passed unread, deletions of any type among them.
        self._all_types = all_types
        self._seen: dict[tuple[str, int | None], tuple[int | None, set[str]]] = {}
        self.doubtful: dict[str, set[str]] = {}

    def note(self, part: Slice, rows: list[Row], *, ended: bool) -> None:
        """Take in a page; at the slice's end, what was not in it is in doubt."""
        spec = BY_TABLE[part.table]
        # What is older than the account's start is in no list and has not vanished.
        if not (spec.deletable or self._all_types) or (spec.bounded and self._start):
            return
        key = (part.table, part.gte)
        lt, seen = self._seen.setdefault(key, (part.lt, set()))
        seen.update(row.id for row in rows)
        if ended:
            gone = self._landed.live_ids(part.table, part.gte, lt) - seen
            if gone:
                self.doubtful.setdefault(part.table, set()).update(gone)
            del self._seen[key]
