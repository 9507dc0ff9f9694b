"""Reading the application's database, PostgreSQL or SQLite, and never writing to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from ingest.app.specs import TableSpec
from warehouse.errors import SettingsError, SourceError
from warehouse.settings import Settings

CHUNK: Final = 20_000

# Prisma writes these into the same URL; libpq refuses them.
_PRISMA_ONLY: Final = frozenset(
    {
        "connection_limit",
        "pgbouncer",
        "pool_timeout",
        "schema",
        "socket_timeout",
        "sslaccept",
        "sslidentity",
        "sslpassword",
        "statement_cache_size",
    }
)

Chunk = Sequence[tuple[Any, ...]]


class AppDatabase(Protocol):
    """One snapshot of the application's tables."""

    def columns(self, table: str) -> set[str] | None:
        """Return a table's column names, None if there is no such table."""

    def rows(self, spec: TableSpec, since: datetime | None) -> Iterator[Chunk]:
        """Yield a table's rows in chunks, in the order of the spec's columns.

        Args:
            spec: the table.
            since: the earliest value of its cursor; earlier rows may come too. None: all rows.
        """


@contextmanager
def app_database(settings: Settings) -> Iterator[AppDatabase]:
    """Open the database of APP_DATABASE_URL for reading.

    Raises:
        SettingsError: APP_DATABASE_URL is not set.
        SourceError: the database can't be reached or fails while it is read.
    """
    url = settings.required("app_database_url")
    opened = _sqlite(url) if url.startswith("sqlite:") else _postgres(url)
    try:
        with opened as database:
            yield database
    except (psycopg.Error, sqlite3.Error) as error:
        raise SourceError(
            f"the application's database fails while it is read ({_first_line(error)}): "
            "check that it runs and that the role may select from its tables"
        ) from error


def check_tables(database: AppDatabase, specs: Sequence[TableSpec]) -> None:
    """Return if every table and column that is read exists.

    Raises:
        SourceError: naming the first table, or the columns, that do not.
    """
    for spec in specs:
        there = database.columns(spec.name)
        if there is None:
            raise SourceError(
                f"the application's database has no table {spec.name} (or the role may not see "
                "it): check APP_DATABASE_URL, or change the specs in ingest/app/specs.py"
            )
        lacking = [column.name for column in spec.columns if column.name not in there]
        if lacking:
            raise SourceError(
                f"the application's table {spec.name} has no column {', '.join(lacking)}: "
                "check its migrations, or change the specs in ingest/app/specs.py"
            )


class _Sqlite:
    """Timestamps here are ISO text in UTC or integer milliseconds, as Prisma writes them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def columns(self, table: str) -> set[str] | None:
        rows = self._connection.execute("select name from pragma_table_info(?)", (table,))
        return {str(name) for (name,) in rows} or None

    def rows(self, spec: TableSpec, since: datetime | None) -> Iterator[Chunk]:
        names = ", ".join(_quoted(column.name) for column in spec.columns)
        query, params = f"select {names} from {_quoted(spec.name)}", []  # noqa: S608  from specs
        if since is not None and spec.cursor is not None:
            # ISO texts separate day and time by a space or a T: only whole days compare.
            cursor = _quoted(spec.cursor)
            query += f" where case when {cursor} glob '????-*' then {cursor} >= ? "
            query += f"else cast({cursor} as integer) >= ? end"
            params = [since.strftime("%Y-%m-%d"), int(since.timestamp() * 1000)]
        result = self._connection.execute(query, params)
        while chunk := result.fetchmany(CHUNK):
            yield chunk


class _Postgres:
    """Timestamps here are without time zone and hold UTC."""

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        self._connection = connection

    def columns(self, table: str) -> set[str] | None:
        rows = self._connection.execute(
            "select attname from pg_attribute "
            "where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped",
            (_quoted(table),),
        )
        return {str(name) for (name,) in rows} or None

    def rows(self, spec: TableSpec, since: datetime | None) -> Iterator[Chunk]:
        query = sql.SQL("select {} from {}").format(
            sql.SQL(", ").join(sql.Identifier(column.name) for column in spec.columns),
            sql.Identifier(spec.name),
        )
        params: tuple[datetime, ...] = ()
        if since is not None and spec.cursor is not None:
            query += sql.SQL(" where {} >= %s").format(sql.Identifier(spec.cursor))
            params = (since.astimezone(UTC).replace(tzinfo=None),)
        with self._connection.cursor(name=f"tillhouse_{spec.table}") as cursor:
            cursor.execute(query, params)
            while chunk := cursor.fetchmany(CHUNK):
                yield chunk


@contextmanager
def _sqlite(url: str) -> Iterator[AppDatabase]:
    path = Path(url.removeprefix("sqlite:///")).expanduser().absolute()
    try:
        connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
    except sqlite3.Error as error:
        raise _unreachable(f"SQLite {path}", error) from error
    try:
        # One snapshot for all tables. A file that is no database says so here.
        connection.execute("begin")
        connection.execute("select count(*) from sqlite_master").fetchone()
        yield _Sqlite(connection)
    finally:
        connection.close()


@contextmanager
def _postgres(url: str) -> Iterator[AppDatabase]:
    plain, schema = postgres_url(url)
    place = urlsplit(plain).hostname or "localhost"
    try:
        connection = psycopg.connect(plain, options=_options(plain, schema), connect_timeout=10)
    except psycopg.ProgrammingError as error:
        raise SettingsError(
            f"APP_DATABASE_URL is wrong ({_first_line(error)}): "
            "set it to postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
        ) from error
    except psycopg.Error as error:
        raise _unreachable(f"PostgreSQL at {place}", error) from error
    with connection:
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        yield _Postgres(connection)


def postgres_url(url: str) -> tuple[str, str | None]:
    """Return a URL that libpq takes, and the schema that Prisma's form of it names."""
    parts = urlsplit(url)
    params = parse_qsl(parts.query)
    kept = [(name, value) for name, value in params if name not in _PRISMA_ONLY]
    return urlunsplit(parts._replace(query=urlencode(kept))), dict(params).get("schema")


def _options(url: str, schema: str | None) -> str:
    given = dict(parse_qsl(urlsplit(url).query)).get("options", "")
    path = f" -c search_path={_quoted(schema)}" if schema else ""
    return f"{given} -c timezone=UTC{path}".strip()


def _unreachable(place: str, error: Exception) -> SourceError:
    return SourceError(
        f"the application's database can't be reached: {place} ({_first_line(error)}): "
        "check APP_DATABASE_URL and that the server runs"
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
