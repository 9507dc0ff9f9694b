"""Where the operations tables lie: SQLite in the home, or the warehouse's own PostgreSQL.

They are written while a refresh holds the DuckDB file, so they are never in it. Instants are ISO
text in UTC on both, so that one SQL serves both.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from warehouse.engines import Connection, Cursor, PostgresEngine, engine_for
from warehouse.errors import SourceError
from warehouse.settings import Settings

# How long somebody else may hold the SQLite file.
_PATIENCE_SECONDS: Final = 10.0

# Columns are text or integers only: both databases know them.
_TABLES = (
    "create table if not exists {schema}runs (run_id text primary key, mode text not null, "
    "recorded_at text not null, started_at text not null, ended_at text, status text not null, "
    "message text, generation_id text)",
    "create table if not exists {schema}api_keys (key_id text primary key, name text not null, "
    "digest text not null, role text not null, scopes text not null, created_at text not null, "
    "expires_at text, revoked_at text)",
    "create table if not exists {schema}sync_gaps (gap_id text primary key, "
    "account_id text not null, reason text not null, since text not null, until text not null, "
    "detected_at text not null, healed_at text)",
    "create table if not exists {schema}inbox (position integer primary key, "
    "event_id text not null unique, account text, type text not null, api_version text, "
    "created_at text not null, livemode integer not null, received_at text not null)",
    "create index if not exists inbox_by_arrival on {schema}inbox (received_at)",
    "create table if not exists {schema}inbox_payments (event_id text primary key, "
    "created_at text not null, livemode integer not null, currency text not null, "
    "amount_minor bigint not null)",
    "create index if not exists inbox_payments_by_time on {schema}inbox_payments (created_at)",
    "create table if not exists {schema}revocations (kind text not null, name text not null, "
    "revoked_at text not null, primary key (kind, name))",
    "create table if not exists {schema}erasures (erasure_id text primary key, "
    "requested_at text not null, scrubbed_at text, generation_id text)",
    "create table if not exists {schema}erased_names (name text primary key, "
    "replacement text not null unique, erasure_id text not null)",
    "create table if not exists {schema}audit (position integer primary key, at text not null, "
    "actor text not null, action text not null, target text not null, outcome text not null, "
    "address text not null, request_id text not null, detail text not null, mac text not null)",
    "create table if not exists {schema}acknowledgements (alert_id text primary key, "
    "acknowledged_by text not null, acknowledged_at text not null)",
)

# Rows of the audit log are only ever added. Who owns the database can lift this; the chain of the
# rows' MACs then shows what they did.
_APPEND_ONLY_SQLITE = (
    "create trigger if not exists audit_update before update on audit "
    "begin select raise(abort, 'the audit log is append-only'); end",
    "create trigger if not exists audit_delete before delete on audit "
    "begin select raise(abort, 'the audit log is append-only'); end",
)
_APPEND_ONLY_POSTGRES = (
    "create or replace function operations.refuse_change() returns trigger language plpgsql as "
    "$$ begin raise exception 'the audit log is append-only'; end $$",
    "create or replace trigger audit_append_only before update or delete or truncate "
    "on operations.audit for each statement execute function operations.refuse_change()",
)


@dataclass(frozen=True)
class _SQLiteConnection:
    """A connection to the SQLite file, in autocommit."""

    raw: sqlite3.Connection

    def execute(self, sql: str, params: Sequence[Any] = ()) -> Cursor:
        """Run one statement."""
        return self.raw.execute(sql, tuple(params))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what runs inside together, or none of it."""
        self.raw.execute("begin immediate")
        try:
            yield
        except BaseException:
            self.raw.rollback()
            raise
        self.raw.commit()


class OperationsStore:
    """The operations tables of one warehouse; they are made on first use."""

    def __init__(self, settings: Settings) -> None:
        engine = engine_for(settings)
        self._postgres = engine if isinstance(engine, PostgresEngine) else None
        self._path = settings.tillhouse_home / "operations.sqlite"
        self._settings = settings
        self._ready = False
        self.schema = "operations." if self._postgres else ""

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Open a connection; every statement commits on its own.

        Raises:
            SourceError: PostgreSQL can't be reached, or others hold the SQLite file.
            SettingsError: the home can't be written.
        """
        with self._open() as connection:
            if not self._ready:
                self._make_tables(connection)
                self._ready = True
            yield connection

    def _make_tables(self, connection: Connection) -> None:
        if not self._postgres:
            self._create(connection)
            return
        with connection.transaction():
            # `if not exists` is no protection from another process that makes it just now.
            connection.execute("select pg_advisory_xact_lock(hashtext('tillhouse.operations'))")
            connection.execute("create schema if not exists operations")
            self._create(connection)

    def _create(self, connection: Connection) -> None:
        for statement in _TABLES:
            connection.execute(statement.format(schema=self.schema))
        for statement in _APPEND_ONLY_POSTGRES if self._postgres else _APPEND_ONLY_SQLITE:
            connection.execute(statement)

    @contextmanager
    def appending(self, table: str) -> Iterator[Connection]:
        """Open a connection in one transaction, beside which nobody else appends to a table.

        So numbers given out inside become visible in their order, and none below one that was
        seen comes later.

        Raises:
            SourceError: PostgreSQL can't be reached, or others hold the SQLite file.
            SettingsError: the home can't be written.
        """
        with self.connect() as connection, connection.transaction():
            if self._postgres:
                # SQLite has one writer at a time anyway.
                mode = "share row exclusive"
                connection.execute(f"lock table {self.schema}{table} in {mode} mode")
            yield connection

    def _open(self) -> AbstractContextManager[Connection]:
        return self._postgres.connect() if self._postgres else self._sqlite(self._path)

    @contextmanager
    def _sqlite(self, path: Path) -> Iterator[Connection]:
        self._settings.prepare_home()
        try:
            with closing(
                sqlite3.connect(path, timeout=_PATIENCE_SECONDS, isolation_level=None)
            ) as raw:
                _write_ahead(raw)
                yield _SQLiteConnection(raw)
        except sqlite3.OperationalError as error:
            if _is(error, sqlite3.SQLITE_ERROR):
                raise  # A wrong statement is nobody's but ours.
            raise SourceError(
                f"what was done can't be kept in {path} ({error}): "
                "see who holds that file and whether its disk is full, then run again"
            ) from error


def _is(error: sqlite3.Error, kind: int) -> bool:
    """Return whether an error is of a kind: the low byte of SQLite's extended code."""
    return error.sqlite_errorcode & 0xFF == kind


def _write_ahead(raw: sqlite3.Connection) -> None:
    """Let readers and a writer work beside each other.

    SQLite waits for no lock here, and a new file is locked by whoever else makes it write ahead.
    """
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            raw.execute("pragma journal_mode = wal")
        except sqlite3.OperationalError as error:
            if not _is(error, sqlite3.SQLITE_BUSY) or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def instant_text(instant: datetime | None) -> str | None:
    """Return an instant as the tables hold it."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds") if instant else None


def instant(text: str | None) -> datetime | None:
    """Return an instant that a table holds."""
    return datetime.fromisoformat(text) if text else None
