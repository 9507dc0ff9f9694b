"""One pull from Stripe: everything, or what changed since the last one.

Events say what changed; the API says what it is. The newest event is read before anything else and
becomes the next pull's anchor, so whatever changes meanwhile is read again then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from ingest.parallel import Job, merged
from ingest.raw import is_deleted
from ingest.stripe.changes import Anchor, Changes
from ingest.stripe.client import PAGE_SIZE, GoneError, StripeReader
from ingest.stripe.landing import Landing, Origin, Row, tombstone
from ingest.stripe.specs import BY_TABLE, EVENTS, OBJECTS, ObjectSpec

Json = dict[str, Any]

WORKERS: Final = 8
_GETS_PER_JOB: Final = 10
_WORTH_LISTING: Final = 20


@dataclass(frozen=True)
class Batch:
    """Some objects of one type that were read, and the rows that came of them."""

    spec: ObjectSpec
    fetched: int
    rows: list[Row]


@dataclass
class Extraction:
    """Reads one pull's objects.

    Attributes:
        reader: reads Stripe.
        landing: knows what is landed, and turns objects into rows.
        anchor: where the event stream was when the last pull began; None to read all of it.
        whole: list every type anew, and look for what has vanished.
        start: the earliest `created` of what is bounded, as an epoch; 0 for everything.
        left_out: tables that stay as they are.
        anew: tables that were left out before: events about them have been passed over since, so
            that they are listed and looked through for what has vanished, as in a whole pull.
        newest: the event that the next pull begins with, once this one is under way.
    """

    reader: StripeReader
    landing: Landing
    anchor: Anchor | None
    whole: bool
    start: int = 0
    left_out: frozenset[str] = frozenset()
    anew: frozenset[str] = frozenset()
    newest: Anchor | None = None
    _changes: Changes = field(default_factory=Changes)

    def batches(self) -> Iterator[Batch]:
        """Yield everything of this pull; when it ends, the pull is complete."""
        known_before = {
            spec.table: set(self.landing.known.get(spec.table, ()))
            for spec in self._objects
            if self._may_have_vanished(spec)
        }
        events = self._events()
        # The first page holds the anchor: no other list may be read before it.
        if first := next(events, None):
            yield first
        if self.whole:
            listed = self._objects
            yield from merged([lambda: events, *map(self._list_job, listed)], workers=WORKERS)
        else:
            yield from events
            listed = [spec for spec in self._objects if self._is_to_be_listed(spec)]
            jobs = [*map(self._list_job, listed), *self._trailing_jobs(listed)]
            yield from merged(jobs, workers=WORKERS)
        yield from self._rest_of_changes()
        yield from self._closure()
        yield from self._vanished(known_before)

    def _events(self) -> Iterator[Batch]:
        since = {"created": {"gte": self.anchor.overlap_start}} if self.anchor else {}
        for page in self.reader.pages(EVENTS, since):
            self.newest = self.newest or Anchor.of(page[0])
            rows = self.landing.take(EVENTS, page)
            new = {row.id for row in rows}
            self._changes.add(event for event in page if event["id"] in new)
            yield Batch(EVENTS, len(page), rows)
        self.newest = self.newest or self.anchor

    @property
    def _objects(self) -> list[ObjectSpec]:
        return [spec for spec in OBJECTS if spec.table not in self.left_out]

    def _may_have_vanished(self, spec: ObjectSpec) -> bool:
        # What is older than the account's start is in no list and has not vanished.
        if spec.singleton or (spec.bounded and self.start):
            return False
        return (spec.deletable and self.whole) or spec.table in self.anew

    def _is_to_be_listed(self, spec: ObjectSpec) -> bool:
        """Whether so many objects changed that listing all takes fewer requests than each."""
        if spec.singleton or spec.table in self.anew:
            return True
        changed = len(self._changes.live.get(spec.table, {}))
        if spec.by_parent:
            changed += len(self._changes.live.get(spec.by_parent[1], {}))
        pages = 1 + len(self.landing.known.get(spec.table, {})) // PAGE_SIZE
        return changed > max(_WORTH_LISTING, 2 * pages)

    def _trailing_jobs(self, listed: list[ObjectSpec]) -> Iterator[Job[Batch]]:
        """Read again what changes without an event: the newest part, and by changed parent."""
        for spec in self._objects:
            if spec in listed:
                continue
            # Without any event yet, the nightly pull is early enough.
            if spec.window and self.anchor:
                since = self.anchor.created - int(spec.window.total_seconds())
                yield partial(self._list, spec, {"created": {"gte": max(since, self.start)}})
            if spec.by_parent:
                param, parent = spec.by_parent
                for parent_id in self._changes.live.get(parent, {}):
                    yield partial(self._list, spec, {param: parent_id})

    def _list_job(self, spec: ObjectSpec) -> Job[Batch]:
        if spec.singleton:
            return partial(self._get, spec, [spec.object])
        bound = {"created": {"gte": self.start}} if spec.bounded and self.start else {}
        return partial(self._list, spec, bound)

    def _list(self, spec: ObjectSpec, params: Mapping[str, Any]) -> Iterator[Batch]:
        origins = self._changes.live.get(spec.table, {})
        for page in self.reader.pages(spec, params):
            yield Batch(spec, len(page), self.landing.take(spec, page, origins))

    def _get(self, spec: ObjectSpec, object_ids: Iterable[str]) -> Iterator[Batch]:
        origins = self._changes.live.get(spec.table, {})
        objects = [self._object_or_tombstone(spec, object_id) for object_id in object_ids]
        yield Batch(spec, len(objects), self.landing.take(spec, objects, origins))

    def _object_or_tombstone(self, spec: ObjectSpec, object_id: str) -> Json:
        try:
            return self.reader.get(spec, object_id)
        except GoneError:
            return tombstone(spec, object_id)

    def _get_all(self, wanted: Mapping[str, Iterable[str]]) -> Iterator[Batch]:
        jobs = [
            partial(self._get, BY_TABLE[table], chunk)
            for table, ids in wanted.items()
            if table not in self.left_out
            for chunk in _chunks(sorted(ids), _GETS_PER_JOB)
        ]
        yield from merged(jobs, workers=WORKERS)

    def _rest_of_changes(self) -> Iterator[Batch]:
        """Read what changed but was in no list; land what was deleted."""
        seen = self.landing.seen
        yield from self._get_all(
            {
                table: ids.keys() - seen.get(table, set())
                for table, ids in self._changes.live.items()
                if not BY_TABLE[table].singleton
            }
        )
        for table, gone in self._changes.gone.items():
            if table in self.left_out:
                continue
            spec, left = BY_TABLE[table], gone.keys() - seen.get(table, set())
            origins: dict[str, Origin] = {object_id: gone[object_id][1] for object_id in left}
            payloads = [gone[object_id][0] for object_id in sorted(left)]
            yield Batch(spec, len(payloads), self.landing.take(spec, payloads, origins))

    def _closure(self) -> Iterator[Batch]:
        """Read what landed objects name and no list holds, until nothing is missing."""
        while wanted := self.landing.take_wanted():
            yield from self._get_all(wanted)

    def _vanished(self, known_before: Mapping[str, set[str]]) -> Iterator[Batch]:
        """Ask for what was known and is in its list no more: only Stripe's 404 makes it deleted."""
        known, seen = self.landing.known, self.landing.seen
        yield from self._get_all(
            {
                table: {
                    object_id
                    for object_id in ids - seen.get(table, set())
                    if not is_deleted(known[table][object_id])
                }
                for table, ids in known_before.items()
            }
        )


def _chunks(ids: list[str], size: int) -> Iterator[list[str]]:
    return (ids[at : at + size] for at in range(0, len(ids), size))
