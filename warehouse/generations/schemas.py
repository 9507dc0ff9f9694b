"""Generations in PostgreSQL: one schema each, a pointer row, and the analysts' views.

Readers resolve the pointer once and then name that generation's schema. Schemas are never renamed:
names are not part of a snapshot, rows are, and a reader would see empty tables.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from warehouse.engines import Connection, Cursor, PostgresConnection, PostgresEngine, Row
from warehouse.errors import PublishError, SourceError
from warehouse.generations.manifest import Generation, Publication, describe, sequence_of
from warehouse.generations.postgres_copy import build_schema, measure_schema, replace_views
from warehouse.generations.store import NoGenerationError, refuse_regress, refuse_shrinking
from warehouse.generations.text import quoted_name

logger = logging.getLogger(__name__)

_TABLES = """
create schema if not exists serving;
create table if not exists serving.publish_log (
    id text primary key, location text not null, manifest text not null,
    published_at timestamptz not null);
create table if not exists serving.pointer (
    one boolean primary key default true check (one), id text not null,
    schema_version integer not null, as_of timestamptz not null);
"""
_POINT = """
insert into serving.pointer (id, schema_version, as_of) values (?, ?, ?)
on conflict (one) do update
set id = excluded.id, schema_version = excluded.schema_version, as_of = excluded.as_of
"""
_VIEW_ATTEMPTS = 20


@dataclass(frozen=True)
class SchemaConnection:
    """A read-only transaction on one generation's schema."""

    raw: psycopg.Connection[Row]
    generation: Generation

    def execute(self, sql: str, params: Sequence[Any] = ()) -> Cursor:
        """Run one statement; never several, one of which could end the transaction."""
        if not params:
            return self.raw.execute(sql.encode(), prepare=True)
        return self.raw.execute(_with_marks(sql), list(params), prepare=True)

    def batches(self, sql: str, params: Sequence[Any], size: int) -> Iterator[list[Row]]:
        """Run one query and give its rows so many at a time; the server holds the rest."""
        with self.raw.cursor(name="batches") as cursor:
            cursor.execute(_with_marks(sql), list(params))
            while rows := cursor.fetchmany(size):
                yield rows

    def table(self, name: str) -> str:
        """Return `"mart_g…"."name"`."""
        if name not in self.generation.tables:
            raise NoGenerationError(f"generation {self.generation.id} has no table {name}")
        return f"{quoted_name(self.generation.location)}.{quoted_name(name)}"

    def interrupt(self) -> None:
        """Stop the statement that runs."""
        self.raw.cancel_safe(timeout=5)


def _with_marks(sql: str) -> bytes:
    """Return a statement with psycopg's parameter marks."""
    return sql.replace("%", "%%").replace("?", "%s").encode()


class SchemaStore:
    """The generations in a PostgreSQL database.

    Args:
        engine: the database whose schema `build` is published.
    """

    def __init__(self, engine: PostgresEngine) -> None:
        self._engine = engine
        self._pool: ConnectionPool[psycopg.Connection[Row]] | None = None

    def publish(self, publication: Publication, now: datetime) -> Generation:
        """Build the schema, verify it, flip the pointer, then replace the views.

        The caller holds the run lock, so what an earlier run left half-done belongs to nobody.

        Raises:
            PublishError: the served generation stays.
        """
        with self._engine.connect() as connection:
            connection.execute(_TABLES)
            published, previous = self._read(connection)
            _clean(connection, published)
            active = next((g for g in published if g.id == previous), None)
            refuse_regress(publication, active)
            sequence = sequence_of(published[0].id) + 1 if published else 1
            generation = describe(publication, sequence, now, {})
            schema = _schema_of(generation.id)
            build_schema(connection, schema, publication.tables)
            tables = measure_schema(connection, schema, publication.tables)
            refuse_shrinking(publication, {n: t.rows for n, t in tables.items()}, active)
            generation = describe(publication, sequence, now, tables).located(schema)
            with connection.transaction():
                _flip(connection, generation, previous)
                connection.execute(
                    "insert into serving.publish_log values (?, ?, ?, ?)",
                    [generation.id, schema, generation.to_json(), now],
                )
            _show(connection, generation)
        return generation

    def generations(self) -> list[Generation]:
        """Return what is published, newest first."""
        with self._engine.connect(read_only=True) as connection:
            return self._read(connection)[0]

    def active_id(self) -> str | None:
        """Return what the pointer names."""
        with self._session() as connection:
            return _active_id(connection)

    def marker(self) -> object | None:
        """Return None: where the pointer is, only the database can tell."""
        return None

    def activate(self, generation: Generation) -> None:
        """Move the pointer, then the views."""
        with self._engine.connect() as connection:
            with connection.transaction():
                _flip(connection, generation, _active_id(connection))
            _show(connection, generation)

    def drop(self, generation: Generation) -> None:
        """Remove a schema and its line in the log."""
        with self._engine.connect() as connection, connection.transaction():
            connection.execute("set local lock_timeout = '5s'")
            connection.execute(f"drop schema if exists {quoted_name(generation.location)} cascade")
            connection.execute("delete from serving.publish_log where id = ?", [generation.id])

    @contextmanager
    def open(self, generation: Generation) -> Iterator[SchemaConnection]:
        """Open a snapshot in which this generation exists."""
        with self._session() as connection:
            yield SchemaConnection(connection.raw, generation)

    def close(self) -> None:
        """Close the pool of connections."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None

    @contextmanager
    def _session(self) -> Iterator[PostgresConnection]:
        if self._pool is None:
            self._pool = ConnectionPool(
                self._engine.conninfo(read_only=True),
                min_size=0,
                max_size=8,
                timeout=10,
                configure=_configure,
                open=True,
            )
        try:
            with self._pool.connection() as raw:
                yield PostgresConnection(raw)
        except PoolTimeout as error:
            raise SourceError(
                f"the warehouse {self._engine.place} can't be reached: check that it runs"
            ) from error

    def _read(self, connection: Connection) -> tuple[list[Generation], str | None]:
        exists = connection.execute("select to_regclass('serving.publish_log')").fetchone()
        if exists == (None,):
            return [], None
        rows = connection.execute(
            "select manifest from serving.publish_log order by id desc"
        ).fetchall()
        return [Generation.from_json(manifest) for (manifest,) in rows], _active_id(connection)


def _configure(connection: psycopg.Connection[Any]) -> None:
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True


def _active_id(connection: Connection) -> str | None:
    exists = connection.execute("select to_regclass('serving.pointer')").fetchone()
    if exists == (None,):
        return None
    row = connection.execute("select id from serving.pointer").fetchone()
    return str(row[0]) if row else None


def _schema_of(generation_id: str) -> str:
    return f"mart_g{generation_id.replace('-', '_').lower()}"


def _clean(connection: Connection, published: Sequence[Generation]) -> None:
    rows = connection.execute(
        r"select nspname from pg_namespace where nspname like 'mart\_g%'"
    ).fetchall()
    for (schema,) in rows:
        if schema not in {generation.location for generation in published}:
            connection.execute(f"drop schema {quoted_name(schema)} cascade")


def _flip(connection: Connection, generation: Generation, expected: str | None) -> None:
    """Move the pointer if nobody else moved it meanwhile; inside a transaction."""
    connection.execute("select pg_advisory_xact_lock(hashtext('tillhouse.pointer'))")
    if _active_id(connection) != expected:
        raise PublishError("another run activated a generation meanwhile: it stays; run again")
    point = [generation.id, generation.schema_version, generation.as_of]
    connection.execute(_POINT, point)
    connection.execute("notify serving")


def _show(connection: Connection, generation: Generation) -> None:
    """Point the analysts' views to a generation, all together, without queueing readers behind us.

    Whoever reads a view holds it; waiting long for them would make everyone else wait behind us.
    """
    for attempt in range(_VIEW_ATTEMPTS):
        try:
            with connection.transaction():
                connection.execute("set local lock_timeout = '250ms'")
                replace_views(connection, generation)
        except psycopg.errors.LockNotAvailable:
            time.sleep(min(0.1 * 2**attempt, 3))
        else:
            return
    logger.warning(
        "the views in schema marts are held by a long query and still show an older generation "
        "than %s; the next run moves them",
        generation.id,
    )
