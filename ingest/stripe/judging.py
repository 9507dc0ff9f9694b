"""What is landed and in no list any more: deleted, or only hidden; Stripe is asked which."""

from __future__ import annotations

from collections.abc import Iterable

from ingest.stripe.landing import Ids, Row
from ingest.stripe.position import Kind
from ingest.stripe.slices import Slice
from ingest.stripe.specs import BY_TABLE, EVENTS
from ingest.stripe.store import Landed

# Events have passed unread before these, changes and deletions of any type among them: of inline
# prices, closed reviews and detached payment methods, which no list holds, nothing else tells.
_OF_ALL_TYPES: frozenset[Kind] = frozenset({"owed", "full", "heal"})


class Judge:
    """Finds what is landed, created in a slice's range, and not in the slice.

    Args:
        landed: knows what is landed.
        kind: why lists are read.
    """

    def __init__(self, landed: Landed, kind: Kind) -> None:
        self._landed = landed
        self._of_all_types = kind in _OF_ALL_TYPES
        self._seen: dict[tuple[str, int | None], tuple[int | None, set[str]]] = {}

    def doubtful(self, part: Slice, rows: Iterable[Row], *, ended: bool) -> Ids:
        """Take in a page; at the slice's end, return what is in doubt, by table."""
        spec = BY_TABLE[part.table]
        # Events leave their list by age alone.
        if spec is EVENTS or not (spec.deletable or self._of_all_types):
            return {}
        key = (part.table, part.gte)
        lt, seen = self._seen.setdefault(key, (part.lt, set()))
        seen.update(row.id for row in rows)
        if not ended:
            return {}
        del self._seen[key]
        gone = self._landed.live_ids(part.table, part.gte, lt) - seen
        return {part.table: gone} if gone else {}
