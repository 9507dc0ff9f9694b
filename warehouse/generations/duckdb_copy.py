"""Copying the marts that dbt built into a generation's file, and reading it as a reader will.

The file gets no keys and no indexes: they are where DuckDB's recovery is weakest, and readers scan.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from warehouse.engines import building_memory
from warehouse.errors import PublishError
from warehouse.generations.duckdb_changes import buckets_of
from warehouse.generations.manifest import Column, MartTable, Table
from warehouse.generations.text import quoted_name, quoted_text

# Read-only alone still lets SQL read and write other files. The last one forbids changing the rest.
_LOCKED_DOWN = (
    "set global TimeZone = 'UTC'",
    "set global autoinstall_known_extensions = false",
    "set global autoload_known_extensions = false",
    "set global python_enable_replacements = false",
    "set global enable_external_access = false",
    "set global lock_configuration = true",
)


#: How many rows a table has, and what they are, as text: a sum of the rows' hashes.
Counted = tuple[int, str]

_OPENING = threading.Lock()


def connect_locked_down(path: Path, memory: str | None = None) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB file so that SQL reaches nothing but its tables.

    Args:
        path: the file.
        memory: DuckDB's `memory_limit` if this is the first to open it; its own default if None.
    """
    bound = [f"set memory_limit = {quoted_text(memory)}"] if memory else []
    # The settings are the open file's: who opened it before in this process has locked them.
    with _OPENING:
        connection = duckdb.connect(path, read_only=True)
        if connection.execute("select current_setting('lock_configuration')").fetchone() != (True,):
            for statement in (*bound, *_LOCKED_DOWN):
                connection.execute(statement)
    return connection


def build_file(
    warehouse: Path, draft: Path, tables: Sequence[MartTable], base: Path | None = None
) -> dict[str, Counted]:
    """Write the tables of the warehouse's schema `build` into a new file's schema `marts`.

    Args:
        warehouse: the file that dbt built in.
        draft: the file to make.
        tables: what to write.
        base: a file of the same tables to begin with, so that only what differs is written.

    Returns:
        What was built, by table.

    Raises:
        PublishError: a table was not built.
    """
    built = {}
    if base is not None:
        shutil.copyfile(base, draft)
    with duckdb.connect(draft, config={"memory_limit": building_memory()}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        if base is not None:
            # A checkpoint would write tables anew where it finds some of their rows gone.
            connection.execute("set max_vacuum_tasks = 0")
        # Under its own name, which the bodies of its views use.
        database = quoted_name(warehouse.stem)
        connection.execute(f"attach {quoted_text(str(warehouse))} as {database} (read_only)")
        connection.execute("create schema if not exists marts")
        for table in tables:
            try:
                built[table.name] = _write(connection, database, table, anew=base is None)
            except duckdb.CatalogException as error:
                raise PublishError(f"the mart {table.name} was not built: run again") from error
        connection.execute(f"detach {database}")
        connection.execute("checkpoint")
    if draft.with_name(f"{draft.name}.wal").exists():
        raise PublishError(f"{draft} was not closed cleanly: run again")
    return built


def _write(
    connection: duckdb.DuckDBPyConnection, database: str, table: MartTable, *, anew: bool
) -> Counted:
    """Copy one table in the order of its key, which stands first, or what differs in it."""
    built, served = f'{database}.build."{table.name}"', f'marts."{table.name}"'
    buckets = buckets_of(connection, table.name, built)
    if anew or not buckets.put_changes(served):
        _copy(connection, built, served, table)
    buckets.keep()
    return buckets.rows, f"{buckets.digest:x}"


def _copy(connection: duckdb.DuckDBPyConnection, built: str, served: str, table: MartTable) -> None:
    # No keys, no indexes.
    keys = ", ".join(str(n + 1) for n in range(min(3, len(table.columns) or 1)))
    connection.execute(
        f"create or replace table {served} as select * from {built} order by {keys}"  # noqa: S608
    )
    connection.execute(f"comment on table {served} is {quoted_text(table.description)}")
    found = {row[0] for row in connection.execute(f"describe {served}").fetchall()}
    for column in found & table.columns.keys():
        text = quoted_text(table.columns[column])
        connection.execute(f'comment on column {served}."{column}" is {text}')


def measure_file(draft: Path, tables: Sequence[MartTable]) -> dict[str, Table]:
    """Read the finished file as a reader will, and count and hash its rows."""
    measured = {}
    with connect_locked_down(draft, building_memory()) as connection:
        for table in tables:
            described = connection.execute(f'describe marts."{table.name}"').fetchall()
            columns = {
                name: Column(name, kind.lower(), table.columns.get(name, ""))
                for name, kind, *_ in described
            }
            rows, digest = _count(connection, f'marts."{table.name}"')
            measured[table.name] = Table(rows, columns, table.description, digest)
    return measured


def refuse_different(built: Mapping[str, Counted], tables: Mapping[str, Table]) -> None:
    """Compare what was copied, as a reader finds it, with what was built.

    Raises:
        PublishError: they differ.
    """
    for name, table in tables.items():
        if built[name] != (table.rows, table.hash):
            raise PublishError(f"the copy of {name} differs from what was built: run again")


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> Counted:
    sql = f"select count(*), coalesce(sum(hash(t)), 0) from {table} as t"  # noqa: S608
    rows, digest = connection.execute(sql).fetchall()[0]
    return rows, f"{int(digest):x}"
