"""What has been landed, as a pull asks for it: versions, live ids, what is named and missing.

Everything is a question to the raw layer, so a pull holds nothing in memory that grows with the
account, and a pull that was killed forgets nothing.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence, Set
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final, Protocol

import orjson

from ingest.dialect import (
    EngineName,
    Rows,
    all_or_in_parts,
    has_amount,
    matches,
    mentions_amount,
    text_at,
)
from ingest.raw import RawLayer, Versions, version_of
from ingest.stripe.landed_sql import NOTHING, missing, versions
from ingest.stripe.landing import Ids, Wanted, add
from ingest.stripe.object_spec import ParentSign
from ingest.stripe.packages import Package
from ingest.stripe.specs import BY_TABLE, EVENTS, OBJECTS, ObjectSpec

_IDS_PER_QUERY: Final = 5_000


class Store(Protocol):
    """Where packages go, and what is asked about those that went there."""

    def state(self) -> dict[str, Any]:
        """Return the state of the last package that was landed; empty before the first."""

    def land(self, package: Package, empty: Iterable[str] = ()) -> None:
        """Land a package, whole or not at all; make the `empty` tables."""

    def raw(self) -> AbstractContextManager[RawLayer]:
        """Open the raw layer for questions; closed again before anything is landed."""

    @property
    def engine(self) -> EngineName:
        """Which engine answers."""


class Landed:
    """Questions to the landed objects of one account.

    Args:
        store: where they are.
        account_id: whose.
    """

    def __init__(self, store: Store, account_id: str) -> None:
        self._store = store
        self._account = account_id

    def tables(self) -> set[str]:
        """Return the tables that there are."""
        with self._store.raw() as raw:
            return raw.tables()

    def versions_of(self, ids: Ids) -> dict[str, Versions]:
        """Return the newest version of each of these ids that is landed, by table."""
        found: dict[str, Versions] = {table: {} for table in ids}
        with self._store.raw() as raw:
            asked = {table: those for table, those in ids.items() if table in raw.tables()}
            for chunk in _chunks(asked):
                query = versions({table: raw.complete(table) for table in chunk})
                given = [value for those in chunk.values() for value in (self._account, those)]
                for table, row_id, digest, gone in raw.connection.execute(query, given).fetchall():
                    found[table][row_id] = version_of(digest, deleted=gone)
        return found

    def unknown(self, ids: Ids) -> Wanted:
        """Return those of these ids, by table, of which no version was ever landed."""
        found = self.versions_of(ids)
        return {table: set(those) - found[table].keys() for table, those in ids.items()}

    def observed(self, table: str, ids: Sequence[str]) -> dict[str, datetime]:
        """Return when a version of each of these ids was observed last; nothing of unknown ones."""
        rows = self._rows(
            table,
            "select id, max(observed_at) from {table} "
            "where account_id = ? and id in (select unnest(?::text[])) group by id",
            (self._account, list(ids)),
        )
        return {row[0]: row[1] for row in rows}

    def count(self, table: str) -> int:
        """Return how many objects of a table are landed, deleted ones included."""
        query = "select count(distinct id) from {table} where account_id = ?"
        rows = self._rows(table, query, (self._account,))
        return int(rows[0][0]) if rows else 0

    def live_ids(self, table: str, gte: int | None, lt: int | None) -> set[str]:
        """Return the ids of what is not deleted, created in a half-open range of epochs."""
        bounds, params = _within(gte, lt)
        within = f"and id in (select id from {{table}} where account_id = ?{bounds})"  # noqa: S608
        rows = self._rows(
            table,
            "select id, deleted from {table} where account_id = ? {within} "
            "order by observed_at, _dlt_load_id".replace("{within}", within if bounds else ""),
            (self._account, *([self._account, *params] if bounds else [])),
        )
        newest: dict[str, bool] = dict(rows)
        return {row_id for row_id, deleted in newest.items() if not deleted}

    def boundaries(self, table: str, every: int) -> list[int]:
        """Return the `created` of every so many objects, ascending and distinct."""
        rows = self._rows(
            table,
            """
            select distinct created_at
            from (
                select created_at, row_number() over (order by created_at) as position
                from (
                    select id, min(created_at) as created_at
                    from {table}
                    where account_id = ? and created_at is not null
                    group by id
                ) as objects
            ) as ordered
            where position % ? = 0
            order by created_at
            """,
            (self._account, every),
        )
        return [int(row[0].timestamp()) for row in rows]

    def events_since(self, created: int) -> dict[str, int]:
        """Return the landed events created at or after an epoch, by id."""
        rows = self._rows(
            EVENTS.table,
            "select id, created_at from {table} where account_id = ? and created_at >= ?",
            (self._account, datetime.fromtimestamp(created, UTC)),
        )
        return {row[0]: int(row[1].timestamp()) for row in rows}

    def told_deleted(self) -> Iterator[dict[str, Any]]:
        """Yield the landed events that tell of a deletion, oldest first."""
        rows = self._rows(
            EVENTS.table,
            "select object from {table} where account_id = ? and object like '%.deleted\"%' "
            "order by created_at",
            (self._account,),
        )
        for (text,) in rows:
            event = orjson.loads(text)
            if event["type"].endswith(".deleted"):
                yield event

    def told_amounts(self, sign: ParentSign, since: datetime) -> Iterator[dict[str, Any]]:
        """Yield landed events that may tell of amounts of a sign, as they are or as they were.

        Args:
            sign: which amounts, of what.
            since: only events observed at or after this instant.
        """
        engine = self._store.engine
        families = "|".join(BY_TABLE[sign.table].events).replace(".", "[.]")
        about = matches(engine, f'"type":"({families})[.][a-z_]+"')
        amounts = " or ".join(mentions_amount(engine, key) for key in sign.amounts)
        rows = self._rows(
            EVENTS.table,
            "select object from {table} where account_id = ? and observed_at >= ? "  # noqa: S608
            f"and {about} and ({amounts})",
            (self._account, since),
        )
        yield from (orjson.loads(text) for (text,) in rows)

    def named(self, by: Container[str], since: datetime, tables: Set[str]) -> Wanted:
        """Return, by table, the ids that objects of some tables name and that were never landed.

        Args:
            by: the tables whose objects name them.
            since: only objects observed at or after this instant.
            tables: only what belongs there.
        """
        wanted: Wanted = {}
        for spec in OBJECTS:
            if spec.table in by:
                add(wanted, self.missing(spec, since, tables))
        return wanted

    def missing(self, spec: ObjectSpec, since: datetime, tables: Set[str]) -> Wanted:
        """Return, by table, the ids that objects of a type name and that were never landed.

        Args:
            spec: the type.
            since: only objects observed at or after this instant.
            tables: only what belongs there.
        """
        wanted: Wanted = {}
        with self._store.raw() as raw:
            there = raw.tables()
            references = [one for one in spec.references if one.table in tables]
            if spec.table not in there or not references:
                return {}
            known = {
                table: raw.complete(table) if table in there else NOTHING
                for table in sorted({one.table for one in references})
            }
            given = (self._account, since, *[self._account] * len(known))

            def ask(condition: str) -> Rows:
                rows = f"{raw.complete(spec.table)} where {condition}"
                query = missing(self._store.engine, rows, references, known)
                return raw.connection.execute(query, given).fetchall()

            found = all_or_in_parts(ask)
        for table, missed in found:
            wanted.setdefault(table, set()).add(missed)
        return wanted

    def parents(self, since: datetime, signs: Iterable[tuple[str, ParentSign]]) -> Wanted:
        """Return, by child table, the parents whose own lists have rows in all likelihood.

        Args:
            since: only objects observed at or after this instant tell.
            signs: child tables, each with what tells of its rows.
        """
        found: Wanted = {}
        for table, sign in signs:
            found.setdefault(table, set()).update(self.parents_told(sign, since))
        return found

    def parents_told(self, sign: ParentSign, since: datetime) -> set[str]:
        """Return the parents whose own list has rows, as the amounts of landed objects tell."""
        engine = self._store.engine
        parents: set[str] = set()
        where = "".join(f" and {text_at(engine, key)} = '{text}'" for key, text in sign.where)
        for amount in sign.amounts:
            query = f"""
                select distinct {text_at(engine, sign.parent)}
                from {{table}}
                where
                    {{condition}} and account_id = ? and observed_at >= ? and not deleted
                    and {has_amount(engine, amount)}{where}
            """  # noqa: S608  names come from specs

            def ask(condition: str, query: str = query) -> Rows:
                told = query.replace("{condition}", condition)
                return self._rows(sign.table, told, (self._account, since))

            parents.update(row[0] for row in all_or_in_parts(ask) if row[0])
        return parents

    def _rows(self, table: str, query: str, params: Sequence[Any]) -> Rows:
        """Return the rows of a query about `{table}`; none without the table."""
        with self._store.raw() as raw:
            if table not in raw.tables():
                return []
            sql = query.replace("{table}", raw.complete(table))
            return raw.connection.execute(sql, tuple(params)).fetchall()


def _chunks(ids: Ids) -> Iterator[dict[str, list[str]]]:
    """Yield ids by table, so many at a time as one query takes."""
    pairs = ((table, one) for table, those in ids.items() for one in those)
    while batch := list(islice(pairs, _IDS_PER_QUERY)):
        chunk: dict[str, list[str]] = {}
        for table, one in batch:
            chunk.setdefault(table, []).append(one)
        yield chunk


def _within(gte: int | None, lt: int | None) -> tuple[str, list[datetime]]:
    bounds = [("created_at >= ?", gte), ("created_at < ?", lt)]
    given = [(condition, at) for condition, at in bounds if at is not None]
    sql = "".join(f" and {condition}" for condition, _ in given)
    return sql, [datetime.fromtimestamp(at, UTC) for _, at in given]
