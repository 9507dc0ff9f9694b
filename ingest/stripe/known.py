"""What is landed and what waits to be, as one: what waits is looked at where it is, in memory."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from operator import itemgetter
from typing import Any

import orjson

from ingest.raw import Version, is_deleted, version_of
from ingest.stripe.changes import Change
from ingest.stripe.landing import Row, Wanted, add, ids_at
from ingest.stripe.object_spec import ParentSign
from ingest.stripe.packages import Packer, Rows
from ingest.stripe.specs import BY_OBJECT, BY_TABLE, CHILD_OBJECTS, EVENTS
from ingest.stripe.store import Landed


@dataclass
class Known:
    """Answers questions to the landed objects of an account and to those that wait.

    Attributes:
        landed: knows what is landed.
        packer: holds what waits.
        tables: what is read at all.
        compares: whether what waits is dropped if it is landed in the same version.
        unseen: tables that have rows of which it was not seen what they name before they landed.
    """

    landed: Landed
    packer: Packer
    tables: frozenset[str]
    compares: bool = True
    unseen: set[str] = field(default_factory=set)
    _fresh: Rows = field(default_factory=dict)

    def take(self) -> Rows:
        """Return what is to be landed now, by table, and hold nothing any more."""
        self._sift()
        self.unseen |= self._fresh.keys()
        self._fresh.clear()
        return self.packer.take()

    def has_news(self) -> bool:
        """Return whether anything that waits is to be landed."""
        self._sift()
        return self.packer.has_sifted

    def named(self, since: datetime) -> Wanted:
        """Return what was not looked at before names, as far as nothing is known of it.

        Args:
            since: of landed objects, only those observed at or after this instant.
        """
        self._sift()
        wanted = named_by(self._fresh, self.tables)
        self._fresh.clear()
        if self.unseen:
            add(wanted, self.landed.named(self.unseen, since, self.tables))
            self.unseen.clear()
        return self.unknown(wanted)

    def unknown(self, wanted: Wanted) -> Wanted:
        """Return those of the ids of which nothing is landed and nothing waits."""
        return {
            table: left
            for table, ids in self.landed.unknown(wanted).items()
            if (left := {one for one in ids if not self.packer.holds(table, one)})
        }

    def parents(self, since: datetime) -> Wanted:
        """Return, by child table, the parents whose own lists have rows in all likelihood.

        Args:
            since: of landed objects, only those observed at or after this instant.
        """
        self._sift()
        found = self.landed.parents(since, signs(self.tables))
        add(found, parents_told_by(self.packer.waiting(), self.tables))
        return found

    def told_parents(self, since: datetime, of: Set[str]) -> Wanted:
        """Return, by child table, the parents of whose lists events tell.

        What is in a list may cancel out; then only the events that led to it tell of it.

        Args:
            since: of landed events, only those observed at or after this instant.
            of: tables; events about their objects, or that tell of their rows.
        """
        told: Wanted = {}
        waiting = list(_living(self.packer.waiting().get(EVENTS.table, ())))
        for child, sign in signs(self.tables, of):
            events = chain(self.landed.told_amounts(sign, since), waiting)
            ids = {_parent_told(sign, event) for event in events}
            told.setdefault(child, set()).update(filter(None, ids))
        return told

    def told_deleted(self) -> dict[str, dict[str, Change]]:
        """Return what events say was deleted and nothing is known of, with those events, by id."""
        waiting = _living(self.packer.waiting().get(EVENTS.table, ()))
        told = [event for event in waiting if event["type"].endswith(".deleted")]
        at = itemgetter("created")
        gone: dict[str, dict[str, Change]] = {}
        for event in heapq.merge(self.landed.told_deleted(), sorted(told, key=at), key=at):
            change = Change(event)
            spec = BY_OBJECT.get(change.payload.get("object", ""))
            if spec and change.told_gone and change.payload.get("id"):
                gone.setdefault(spec.table, {})[change.payload["id"]] = change
        unknown = self.unknown({table: set(changes) for table, changes in gone.items()})
        return {table: {i: gone[table][i] for i in ids} for table, ids in unknown.items()}

    def _sift(self) -> None:
        for table, rows in self.packer.sift(self._changed if self.compares else dict).items():
            self._fresh.setdefault(table, []).extend(rows)

    def _changed(self, rows: Rows) -> Rows:
        """Return the rows whose newest landed version is another."""
        known = self.landed.versions_of(
            {table: [row.id for row in of] for table, of in rows.items()}
        )

        def is_new(row: Row, before: Version | None) -> bool:
            if before is None:
                return True
            if row.deleted and is_deleted(before):
                return False
            return before != version_of(row.hash, deleted=row.deleted)

        return {
            table: [row for row in of if is_new(row, known[table].get(row.id))]
            for table, of in rows.items()
        }


def named_by(rows: Rows, tables: Set[str]) -> Wanted:
    """Return, by table, the ids that rows name; what is deleted names nothing.

    Args:
        rows: by table.
        tables: only what belongs there.
    """
    named: Wanted = {}
    for table, found in rows.items():
        references = [one for one in BY_TABLE[table].references if one.table in tables]
        for obj in _living(found) if references else ():
            for one in references:
                named.setdefault(one.table, set()).update(filter(None, ids_at(obj, one.path)))
    return named


def parents_told_by(rows: Rows, tables: Set[str]) -> Wanted:
    """Return, by child table, the parents whose own lists have rows, as amounts in rows tell.

    Args:
        rows: by table.
        tables: only what belongs there.
    """
    told: Wanted = {}
    for child, sign in signs(tables):
        found = _living(rows.get(sign.table, ()))
        ids = {sign.parent_id(obj) for obj in found if sign.tells(obj)}
        told.setdefault(child, set()).update(filter(None, ids))
    return told


def signs(tables: Set[str], of: Set[str] | None = None) -> Iterator[tuple[str, ParentSign]]:
    """Yield the tables of lists under parents, with what tells of their rows.

    Args:
        tables: what is read at all.
        of: only lists of these tables, or that objects of these tables tell of.
    """
    for child in CHILD_OBJECTS:
        for sign in child.parents.signs if child.parents and child.table in tables else ():
            if of is None or not of.isdisjoint({child.table, sign.table}):
                yield child.table, sign


def _parent_told(sign: ParentSign, event: dict[str, Any]) -> str | None:
    """Return the parent of whose list an event tells, by what its object is or was before."""
    payload, before = Change(event).payload, event["data"].get("previous_attributes") or {}
    if payload.get("object") != BY_TABLE[sign.table].object:
        return None
    return sign.parent_id(payload) if sign.tells(payload) or sign.tells(before) else None


def _living(rows: Iterable[Row]) -> Iterator[dict[str, Any]]:
    return (orjson.loads(row.object) for row in rows if not row.deleted)
