"""Reading the objects of one account: by page, by id, by parent; what comes of them as rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import zip_longest
from typing import Any, Final

from ingest.parallel import Job, merged
from ingest.stripe.changes import Change
from ingest.stripe.client import GoneError, StripeReader
from ingest.stripe.landing import LISTED, Ids, Landing, Origin, Row, ids_at, tombstone
from ingest.stripe.listing import Fetched
from ingest.stripe.object_spec import ObjectSpec
from ingest.stripe.slices import Slice
from ingest.stripe.specs import BY_TABLE, CHILD_OBJECTS, READ_AGAIN

Json = dict[str, Any]

WORKERS: Final = 16
_GETS_PER_JOB: Final = 10


@dataclass
class Found:
    """Rows of one type, and what else has to be read because of them.

    Attributes:
        spec: their type.
        rows: what was read.
        again: by table, ids of what changes with these objects and without an event.
        parents: by child table, ids of parents whose list may have grown.
        under: the parent of which this is the whole list, if it is one.
    """

    spec: ObjectSpec
    rows: list[Row]
    again: dict[str, set[str]] = field(default_factory=dict)
    parents: dict[str, set[str]] = field(default_factory=dict)
    under: str | None = None


@dataclass(frozen=True)
class Fetcher:
    """Reads one account.

    Attributes:
        reader: reads Stripe.
        landing: makes rows.
        tables: what is read at all.
    """

    reader: StripeReader
    landing: Landing
    tables: frozenset[str]

    def page(self, part: Slice) -> Fetched:
        """Return the next page of a slice."""
        spec = BY_TABLE[part.table]
        page = self.reader.page(spec, part.params, part.after, self.landing.quick(spec))
        seconds = self.reader.answer_seconds
        rows = self.landing.rows(spec, [*page.cleaned, *page.objects])
        return Fetched(rows, page.last_id, page.more, seconds)

    def lists(
        self,
        asked: Iterable[tuple[ObjectSpec, Mapping[str, Any]]],
        changes: Callable[[str], Mapping[str, Change]] = lambda _: {},
    ) -> Iterator[Found]:
        """Yield the pages of lists.

        Args:
            asked: which, each with its filter.
            changes: of a table, the changes by id because of which it is read: only what these
                objects lead to is read because of them, not what all in the list do.
        """
        yield from self._all(
            [partial(self._pages, spec, params, changes(spec.table)) for spec, params in asked]
        )

    def singles(self) -> Iterator[Found]:
        """Yield what there is one of."""
        specs = [spec for spec in BY_TABLE.values() if spec.singleton and spec.table in self.tables]
        yield from self._all([partial(self._objects, spec, {"": None}) for spec in specs])

    def children(self, parents: Ids) -> Iterator[Found]:
        """Yield the list of each parent, in no order; the ids are given by child table."""
        jobs: list[Job[Found]] = [
            partial(self._children, BY_TABLE[table], parent_id)
            for table, ids in parents.items()
            for parent_id in sorted(ids)
            if table in self.tables
        ]
        yield from self._all(jobs)

    def objects(self, wanted: Mapping[str, Mapping[str, Change | None]]) -> Iterator[Found]:
        """Yield objects by table and id, with the change that led to each."""
        by_table: list[list[Job[Found]]] = [
            [
                partial(self._objects, BY_TABLE[table], dict(chunk))
                for chunk in _chunks(sorted(changes.items(), key=lambda item: item[0]))
            ]
            for table, changes in wanted.items()
            if table in self.tables
        ]
        # By turns, because each endpoint has a limit of its own.
        turns = zip_longest(*by_table)
        yield from self._all([job for turn in turns for job in turn if job is not None])

    def from_payloads(
        self, spec: ObjectSpec, usable: Iterable[tuple[Json, Change]]
    ) -> Iterator[Found]:
        """Yield what events themselves tell beyond doubt: payloads, with the change of each."""
        read = list(usable)
        if read:
            origins = {payload["id"]: change.origin for payload, change in read}
            rows = self.landing.rows(spec, [payload for payload, _ in read], origins)
            yield self._found(spec, rows, read)

    def ids(self, wanted: Ids) -> Iterator[Found]:
        """Yield objects by table and id that no event led to."""
        yield from self.objects({table: dict.fromkeys(ids) for table, ids in wanted.items()})

    def _all(self, jobs: list[Job[Found]]) -> Iterator[Found]:
        if jobs:
            yield from merged(jobs, workers=min(WORKERS, len(jobs)))

    def _pages(
        self, spec: ObjectSpec, params: Mapping[str, Any], changes: Mapping[str, Change]
    ) -> Iterator[Found]:
        for page in self.reader.pages(spec, params):
            changed = [(obj, changes[obj["id"]]) for obj in page if obj["id"] in changes]
            yield self._found(spec, self.landing.rows(spec, page), changed)

    def _children(self, spec: ObjectSpec, parent_id: str) -> Iterator[Found]:
        try:
            rows = self.reader.listed_under(spec, parent_id)
        except GoneError:
            # The parent was deleted, and its list went with it; what is landed of it stays. Or it
            # never had such a list.
            rows = []
        landed = self.landing.rows(spec, [spec.listed(row, parent_id) for row in rows])
        yield Found(spec, landed, under=parent_id)

    def _objects(self, spec: ObjectSpec, changes: dict[str, Change | None]) -> Iterator[Found]:
        read: list[tuple[Json, Change | None]] = []
        origins: dict[str, Origin] = {}
        for object_id, change in changes.items():
            obj, origin = self._object(spec, object_id, change)
            read.append((obj, change))
            origins[self.landing.object_id(spec, obj)] = origin
        rows = self.landing.rows(spec, [obj for obj, _ in read], origins)
        yield self._found(spec, rows, read)

    def _object(
        self, spec: ObjectSpec, object_id: str, change: Change | None
    ) -> tuple[Json, Origin]:
        try:
            obj = self.reader.get(spec, object_id)
            if not obj.get("deleted"):
                return obj, change.origin if change else LISTED
        except GoneError:
            obj = tombstone(spec, object_id)
        if change and change.told_gone and change.payload.get("id") == object_id:
            # What Stripe says of a deleted object is its id; the event has the last of it.
            version = change.event.get("api_version")
            return change.payload, Origin(change.event["id"], deleted=True, api_version=version)
        return obj, change.origin if change else LISTED

    def _found(
        self,
        spec: ObjectSpec,
        rows: list[Row],
        read: Sequence[tuple[Json, Change | None]],
    ) -> Found:
        found = Found(spec, rows)
        for path, table in READ_AGAIN.get(spec.table, ()):
            for obj, _ in read:
                found.again.setdefault(table, set()).update(ids_at(obj, path))
        for child in CHILD_OBJECTS:
            assert child.parents is not None  # noqa: S101  that is what makes one
            for sign in child.parents.signs:
                if sign.table != spec.table:
                    continue
                told = {
                    sign.parent_id(obj)
                    for obj, change in read
                    if sign.tells(obj) or (change and any(map(sign.tells, change.previous)))
                }
                found.parents.setdefault(child.table, set()).update(filter(None, told))
        return found


def _chunks(
    changes: list[tuple[str, Change | None]],
) -> Iterator[list[tuple[str, Change | None]]]:
    return (changes[at : at + _GETS_PER_JOB] for at in range(0, len(changes), _GETS_PER_JOB))
