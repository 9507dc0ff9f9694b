"""The databases a warehouse can live in: how to reach them, what dlt and dbt call them.

DuckDB is one file with one writing process at a time (readers included), so a connection is opened
for a piece of work and closed after it. PostgreSQL connections run in autocommit like DuckDB's, and
both know UTC only.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from warehouse.errors import SettingsError, SourceError
from warehouse.settings import Settings

if TYPE_CHECKING:
    import duckdb
    import psycopg

Row = tuple[Any, ...]

_PARTS = ("host", "port", "user", "password", "dbname")


class Cursor(Protocol):
    """The rows of one statement."""

    @property
    def description(self) -> Sequence[Any] | None:
        """One entry per column, its name first; None for a statement without rows."""

    def fetchone(self) -> Row | None:
        """Return the next row."""

    def fetchall(self) -> list[Row]:
        """Return the rows that are left."""


# Of DuckDB while rows are loaded or asked about: what a pull takes must not grow with the account.
LOADING_MEMORY: Final = "300MB"

# Of DuckDB while models are built and published: what needs more is spilled to the disk, so that a
# process stays below 8 GB at any size, and a small machine keeps something for its other ones.
_BUILDING_MEGABYTES: Final = 6_500
_BUILDING_SHARE: Final = 0.6

# Of a DuckDB checkpoint, which whoever closes the file makes: it would write every table anew in
# which an hour's build replaced a part of the rows, and the day's first build does so anyway.
_VACUUM_TASKS: Final = 0


class Connection(Protocol):
    """What both engines' connections do."""

    def execute(self, sql: str, params: Sequence[Any] = ()) -> Cursor:
        """Run one statement; `?` marks a parameter (so none may stand in a literal beside one)."""

    def transaction(self) -> AbstractContextManager[None]:
        """Commit what runs inside together, or none of it."""


class Engine(Protocol):
    """One warehouse."""

    @property
    def name(self) -> Literal["duckdb", "postgres"]:
        """The engine's name, also that of the dbt target."""

    @property
    def database(self) -> str:
        """What the database is called in SQL."""

    def connect(self, *, read_only: bool = False) -> AbstractContextManager[Connection]:
        """Open a connection and close it afterwards.

        Raises:
            SourceError: the database can't be reached or is held by another process.
        """

    def dlt_destination(self) -> Any:
        """Return the dlt destination of the raw layer; constructing it connects to nothing."""

    def dbt_env(self) -> dict[str, str]:
        """Return the variables that dbt_project/profiles.yml reads."""

    def check(self) -> None:
        """Return if the warehouse can be reached and written.

        Raises:
            SourceError: it can't be reached.
            SettingsError: its folder can't be written.
        """


@dataclass(frozen=True)
class DuckDBConnection:
    """A connection to a DuckDB file."""

    raw: duckdb.DuckDBPyConnection

    def execute(self, sql: str, params: Sequence[Any] = ()) -> Cursor:
        """Run one statement."""
        return self.raw.execute(sql, list(params)) if params else self.raw.execute(sql)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what runs inside together, or none of it."""
        self.raw.begin()
        try:
            yield
        except BaseException:
            self.raw.rollback()
            raise
        self.raw.commit()


@dataclass(frozen=True)
class PostgresConnection:
    """A connection to PostgreSQL."""

    raw: psycopg.Connection[Row]

    def execute(self, sql: str, params: Sequence[Any] = ()) -> Cursor:
        """Run one statement."""
        if not params:
            return self.raw.execute(sql.encode())
        return self.raw.execute(sql.replace("%", "%%").replace("?", "%s").encode(), list(params))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what runs inside together, or none of it."""
        with self.raw.transaction():
            yield


@dataclass(frozen=True)
class DuckDBEngine:
    """The embedded warehouse: one file."""

    path: Path
    name: Literal["duckdb"] = field(default="duckdb", init=False)

    @property
    def database(self) -> str:
        """DuckDB calls a database as its file is called."""
        return self.path.stem

    @contextmanager
    def connect(self, *, read_only: bool = False) -> Iterator[Connection]:
        """Open the file, which only one process can while one writes."""
        import duckdb  # noqa: PLC0415  a command that needs no DuckDB doesn't pay for it

        try:
            connection = duckdb.connect(self.path, read_only=read_only)
        except duckdb.Error as error:
            raise SourceError(
                f"the warehouse {self.path} can't be opened ({_first_line(error)}): "
                "close the process that holds it, or run again when it is done"
            ) from error
        try:
            connection.execute("set TimeZone = 'UTC'")
            if not read_only:
                connection.execute(f"set global max_vacuum_tasks = {_VACUUM_TASKS}")
            yield DuckDBConnection(connection)
        finally:
            connection.close()

    def dlt_destination(self) -> Any:
        """Return dlt's DuckDB destination; raw JSON is kept compressed (6 times smaller).

        DuckDB would take four fifths of the machine's memory, and keep what it has read.
        """
        import dlt  # noqa: PLC0415  two seconds
        from dlt.destinations.impl.duckdb.configuration import DuckDbCredentials  # noqa: PLC0415

        config = {
            "force_compression": "zstd",
            "memory_limit": LOADING_MEMORY,
            "max_vacuum_tasks": _VACUUM_TASKS,
        }
        credentials = DuckDbCredentials(str(self.path), global_config=config)
        return dlt.destinations.duckdb(credentials)

    def dbt_env(self) -> dict[str, str]:
        """Return the variables of the `duckdb` target."""
        return {
            "TILLHOUSE_DBT_TARGET": "duckdb",
            "TILLHOUSE_DUCKDB_PATH": str(self.path),
            "TILLHOUSE_DUCKDB_MEMORY": building_memory(),
        }

    def make_folder(self) -> None:
        """Make the folder of the file where it is missing.

        Raises:
            SettingsError: it can't be made.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unwritable(error.strerror) from error

    def check(self) -> None:
        """Return if the file can be opened for writing, or made."""
        self.make_folder()
        if not os.access(self.path if self.path.exists() else self.path.parent, os.W_OK):
            raise self._unwritable("permission denied")
        with self.connect() as connection:
            connection.execute("select 1").fetchone()

    def _unwritable(self, reason: str | None) -> SettingsError:
        return SettingsError(
            f"WAREHOUSE_URL points to {self.path}, which can't be written ({reason}): "
            "set it to a file in a folder that this user may write to"
        )


@dataclass(frozen=True)
class PostgresEngine:
    """The team's warehouse: a PostgreSQL database."""

    url: str = field(repr=False)
    name: Literal["postgres"] = field(default="postgres", init=False)

    @cached_property
    def parts(self) -> dict[str, str]:
        """The URL's parts: host, port, user, password, dbname, sslmode."""
        from psycopg import ProgrammingError  # noqa: PLC0415
        from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415

        try:
            given = conninfo_to_dict(self.url)
        except ProgrammingError as error:
            raise SettingsError(
                f"WAREHOUSE_URL is wrong ({_first_line(error)}): "
                "set it to postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
            ) from error
        defaults = {"host": "localhost", "port": "5432", "user": "postgres", "password": ""}
        defaults["dbname"] = str(given.get("user") or defaults["user"])
        return {**defaults, **{k: str(v) for k, v in given.items() if v not in (None, "")}}

    @property
    def database(self) -> str:
        """The database's name."""
        return self.parts["dbname"]

    @property
    def place(self) -> str:
        """Where it is, without the password."""
        return f"PostgreSQL {self.parts['host']}:{self.parts['port']}/{self.database}"

    def conninfo(self, *, read_only: bool) -> str:
        """Return libpq's connection string of a session in UTC; it may hold a password."""
        from psycopg.conninfo import make_conninfo  # noqa: PLC0415

        session = f"-c timezone=UTC -c default_transaction_read_only={read_only}"
        options = f"{self.parts.get('options', '')} {session}"
        return make_conninfo(**{"connect_timeout": "10", **self.parts, "options": options})

    @contextmanager
    def connect(self, *, read_only: bool = False) -> Iterator[Connection]:
        """Open a connection in autocommit."""
        import psycopg  # noqa: PLC0415

        try:
            connection = psycopg.connect(self.conninfo(read_only=read_only), autocommit=True)
        except psycopg.Error as error:
            raise SourceError(
                f"the warehouse {self.place} can't be reached ({_first_line(error)}): "
                "check WAREHOUSE_URL and that the server runs"
            ) from error
        with connection:
            yield PostgresConnection(connection)

    def dlt_destination(self) -> Any:
        """Return dlt's PostgreSQL destination; an empty password is libpq's to find."""
        import dlt  # noqa: PLC0415  two seconds
        from dlt.destinations.impl.postgres.configuration import PostgresCredentials  # noqa: PLC0415

        credentials = PostgresCredentials()
        credentials.host = self.parts["host"]
        credentials.port = int(self.parts["port"])
        credentials.username = self.parts["user"]
        credentials.password = self.parts["password"]
        credentials.database = self.parts["dbname"]
        credentials.session_timezone = "UTC"
        credentials.query = {k: v for k, v in self.parts.items() if k not in _PARTS}
        return dlt.destinations.postgres(credentials)

    def dbt_env(self) -> dict[str, str]:
        """Return the variables of the `postgres` target."""
        given = {f"TILLHOUSE_PG_{name.upper()}": self.parts[name] for name in _PARTS}
        ssl = {"TILLHOUSE_PG_SSLMODE": self.parts.get("sslmode", "prefer")}
        return {"TILLHOUSE_DBT_TARGET": "postgres", **given, **ssl}

    def check(self) -> None:
        """Return if the database answers and this role may make schemas in it."""
        with self.connect() as connection:
            may = connection.execute(
                "select has_database_privilege(current_database(), 'create')"
            ).fetchone()
        if may != (True,):
            raise SourceError(
                f"the role {self.parts['user']} may not make schemas in {self.place}: "
                f"grant create on database {self.parts['dbname']} to {self.parts['user']}"
            )


def building_memory() -> str:
    """Return DuckDB's `memory_limit` for building and publishing on this machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1_000_000
    return f"{min(_BUILDING_MEGABYTES, int(memory * _BUILDING_SHARE))}MB"


def engine_for(settings: Settings) -> Engine:
    """Return the engine that WAREHOUSE_URL names; nothing connects."""
    url = settings.warehouse_location
    if url.startswith("duckdb:///"):
        return DuckDBEngine(Path(url.removeprefix("duckdb:///")).expanduser().absolute())
    return PostgresEngine(url)


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
