"""The tail: what the event stream says has changed since the last pull, oldest first.

One unfiltered stream, read again from ten minutes before its anchor, because events become visible
late and out of order. Windows of time are read one after the other; a window's events are landed
after the objects they led to, so an event that is landed has been followed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from ingest.stripe.changes import OVERLAP, Anchor, Change, Changes, Cursor, usable_payload
from ingest.stripe.client import PAGE_SIZE
from ingest.stripe.fetching import Fetcher, Found
from ingest.stripe.gaps import Gap, GapLog
from ingest.stripe.object_spec import ObjectSpec
from ingest.stripe.position import Position
from ingest.stripe.specs import BY_TABLE, EVENTS, OBJECTS
from ingest.stripe.store import Landed

Json = dict[str, Any]
T = TypeVar("T")

# A pull every hour reads one window; after days of absence, several.
_FIRST_WINDOW: Final = 6 * 3600
_LONGEST_WINDOW: Final = 24 * 3600
# How long Stripe keeps events, and a day.
_KEPT: Final = 31 * 24 * 3600
_WORTH_LISTING: Final = 20
# How far back is looked, step by step, when an event came later than the overlap allows for.
_LATE_STEP: Final = 3600


@dataclass
class _FollowUp:
    """What has been read of a window, and what must be read because of it.

    Attributes:
        read: ids by table.
        again: by table, what changes with other objects and without an event.
        parents: by child table, whose lists may have grown.
    """

    read: dict[str, set[str]] = field(default_factory=dict)
    again: dict[str, set[str]] = field(default_factory=dict)
    parents: dict[str, set[str]] = field(default_factory=dict)

    def noted(self, found: Found) -> Found:
        """Take note of what was found and hand it on."""
        self.read.setdefault(found.spec.table, set()).update(row.id for row in found.rows)
        for kept, more in ((self.again, found.again), (self.parents, found.parents)):
            for table, ids in more.items():
                kept.setdefault(table, set()).update(ids)
        return found

    def unread(self, wanted: Mapping[str, Mapping[str, T]]) -> dict[str, dict[str, T]]:
        """Return those of the wanted, by table and id, that have not been read."""
        return {
            table: {i: one for i, one in ids.items() if i not in self.read.get(table, ())}
            for table, ids in wanted.items()
        }


@dataclass
class Tail:
    """Follows the event stream.

    Attributes:
        fetcher: reads the account.
        landed: knows what is landed.
        position: its cursor is moved as windows have been followed.
        start: the earliest `created` of what is bounded, as an epoch.
        gaps: keeps what the stream turned out not to tell, before anything after it is landed.
    """

    fetcher: Fetcher
    landed: Landed
    position: Position
    start: int
    gaps: GapLog
    _recent: dict[str, set[str]] = field(default_factory=dict)

    def found(self, newest: Anchor | None, *, trails: bool) -> Iterator[Found]:
        """Yield what has changed, and then the events that said so.

        Args:
            newest: the newest event when the pull began; None if there was none.
            trails: read again what changes without an event; lists that were just read need none.
        """
        cursor = self.position.cursor
        anchor = cursor.anchor if cursor else None
        yield from self.fetcher.singles()
        trailing = self._trailing(anchor) if trails else iter(())
        if newest is None:
            yield from trailing
            return
        begins = anchor.overlap_start if anchor else newest.created - _KEPT
        for number, (gte, lt) in enumerate(windows(begins, newest.created)):
            events = self._events(gte, lt)
            if anchor and not number:
                self._check_overlap(events, begins, anchor)
                yield from self._earlier(events, begins)
            if lt is None:
                # After the last events are known, so that nothing it reads is older than they are.
                yield from trailing
            yield from self._followed(events)

    # -- the stream --------------------------------------------------------------------------------

    def _events(self, gte: int, lt: int | None) -> list[Json]:
        created = {"gte": gte} if lt is None else {"gte": gte, "lt": lt}
        pages = self.fetcher.reader.pages(EVENTS, {"created": created})
        return list({event["id"]: event for page in pages for event in page}.values())

    def _unknown(self, events: list[Json]) -> list[Json]:
        ids = [event["id"] for event in events]
        unknown = self.landed.unknown({EVENTS.table: ids})[EVENTS.table]
        return [event for event in events if event["id"] in unknown]

    def _check_overlap(self, events: list[Json], begins: int, anchor: Anchor) -> None:
        """Note a gap where events that were landed are in the stream no more."""
        listed = {event["id"] for event in events}
        before = self.landed.events_since(begins)
        lost = [i for i, at in before.items() if at <= anchor.created and i not in listed]
        if lost:
            since = datetime.fromtimestamp(begins, UTC)
            reason = f"the event stream no longer holds {len(lost)} events that it held before"
            self.gaps.opened(Gap(reason, since, datetime.fromtimestamp(anchor.created, UTC)))

    def _earlier(self, events: list[Json], begins: int) -> Iterator[Found]:
        """Go further back while the oldest of what was read holds events that are not landed."""
        middle = begins + int(OVERLAP.total_seconds()) // 2
        late = self._unknown([event for event in events if event["created"] < middle])
        while late and begins > 0:
            begins, until = max(0, begins - _LATE_STEP), begins
            events = self._events(begins, until)
            late = self._unknown(events)
            yield from self._followed(events)

    def _move(self, events: list[Json]) -> None:
        """Move the cursor to the newest event of a window that has been followed."""
        before = self.position.cursor
        if not events or before is None:
            return
        newest = max(events, key=lambda event: int(event["created"]))
        if before.anchor is None or newest["created"] > before.anchor.created:
            self.position.cursor = Cursor(Anchor.of(newest), before.pulled_at)

    # -- following ---------------------------------------------------------------------------------

    def _followed(self, events: list[Json]) -> Iterator[Found]:
        """Yield what unread events point to, then those events."""
        new = self._unknown(events)
        changes = Changes()
        changes.add(new)
        yield from self._changed(changes)
        yield Found(EVENTS, self.fetcher.landing.rows(EVENTS, new))
        self._move(events)

    def _changed(self, changes: Changes) -> Iterator[Found]:
        """Yield whole lists where that is cheaper; else from payloads beyond doubt, and by id."""
        readable = {
            table: changes.of(table)
            for table in sorted(changes.by_table)
            if table in self.fetcher.tables
            and not (BY_TABLE[table].singleton or BY_TABLE[table].parents)
        }
        listed = {table for table in readable if self._is_cheaper_to_list(table, changes)}
        follow = _FollowUp(read={table: set(ids) for table, ids in self._recent.items()})
        whole = [(BY_TABLE[table], self._bound(table)) for table in sorted(listed)]
        for found in self.fetcher.lists(whole, changes.of):
            yield follow.noted(found)
        for table in readable.keys() - listed:
            usable = self._beyond_doubt(BY_TABLE[table], readable[table])
            for found in self.fetcher.from_payloads(BY_TABLE[table], usable):
                yield follow.noted(found)
        for found in self.fetcher.objects(follow.unread(readable)):
            yield follow.noted(found)
        yield from self._fan_out(changes, follow, listed)

    def _beyond_doubt(
        self, spec: ObjectSpec, changes: Mapping[str, Change]
    ) -> Iterator[tuple[Json, Change]]:
        """Yield payloads that are what the API would answer, and the changes that have them.

        What was observed about when an event happened, or after it, may be newer than its payload:
        it was read by another way, or a later event became visible earlier.
        """
        after = self._read_until()
        usable = {
            object_id: payload
            for object_id, change in changes.items()
            if (payload := usable_payload(spec, change, after)) is not None
        }
        observed = self.landed.observed(spec.table, sorted(usable)) if usable else {}
        for object_id, payload in usable.items():
            change, last = changes[object_id], observed.get(object_id)
            happened = datetime.fromtimestamp(change.event["created"], UTC)
            if last is None or last < happened - OVERLAP:
                yield payload, change

    def _fan_out(self, changes: Changes, follow: _FollowUp, listed: set[str]) -> Iterator[Found]:
        """Yield what changes with other objects: lists by parent, and what they name."""
        by_parent = [
            (spec, {spec.by_parent[0]: parent_id})
            for spec in OBJECTS
            if spec.by_parent and spec.table not in listed
            if {spec.table, spec.by_parent[1]} <= self.fetcher.tables
            for parent_id in changes.of(spec.by_parent[1])
        ]
        for found in self.fetcher.lists(by_parent):
            yield follow.noted(found)
        yield from self.fetcher.children(follow.parents)
        again = {table: dict.fromkeys(ids) for table, ids in follow.again.items()}
        yield from self.fetcher.ids(follow.unread(again))

    def _trailing(self, anchor: Anchor | None) -> Iterator[Found]:
        """Read again the newest part of what changes without an event."""
        cursor = self.position.cursor
        if cursor is None:
            return
        # An interrupted pull has moved the anchor as far as it came, and may not have come to this.
        # There is none if there was no event, or none was left: those are gone after 30 days.
        pulled = int(cursor.pulled_at.timestamp())
        last = min(anchor.created, pulled) if anchor else pulled
        asked = []
        for spec in OBJECTS:
            if spec.window and spec.table in self.fetcher.tables:
                since = last - int(spec.window.total_seconds())
                asked.append((spec, {"created": {"gte": max(since, self.start)}}))
        for found in self.fetcher.lists(asked):
            self._recent.setdefault(found.spec.table, set()).update(row.id for row in found.rows)
            yield found

    def _is_cheaper_to_list(self, table: str, changes: Changes) -> bool:
        """Whether so many objects changed that listing all takes fewer requests than each."""
        changed = len(changes.of(table))
        by_parent = BY_TABLE[table].by_parent
        if by_parent:
            changed += len(changes.of(by_parent[1]))
        if changed <= _WORTH_LISTING:
            return False
        pages = 1 + self.landed.count(table) // PAGE_SIZE
        return changed > 2 * pages

    def _bound(self, table: str) -> dict[str, Any]:
        return {"created": {"gte": self.start}} if BY_TABLE[table].bounded and self.start else {}

    def _read_until(self) -> int:
        cursor = self.position.cursor
        return cursor.anchor.created if cursor and cursor.anchor else 0


def windows(begins: int, newest: int) -> Iterator[tuple[int, int | None]]:
    """Yield half-open ranges of epochs, each twice as long, the last without end."""
    width = _FIRST_WINDOW
    while begins + width < newest:
        yield begins, begins + width
        begins, width = begins + width, min(2 * width, _LONGEST_WINDOW)
    yield begins, None
