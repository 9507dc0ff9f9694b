"""The raw layer as it lies in the warehouse: which tables there are and what they hold.

A row counts only when the load that brought it is complete, which `_dlt_loads` says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from warehouse.engines import Connection, Engine

STRIPE: Final = "raw_stripe"
APP: Final = "raw_app"
SEEDS: Final = "raw_seeds"
TILLHOUSE: Final = "raw_tillhouse"

LOADS: Final = "_dlt_loads"

# Half of a SHA-256 tells versions of one object apart, at half of the memory.
_HASH_BYTES: Final = 16

Version = bytes
"""One version of one row: whether it is deleted, and its hash."""

Versions = dict[str, Version]
"""The newest version of each id."""


def version_of(row_hash: str, *, deleted: bool) -> Version:
    """Return what tells a row's version from another."""
    return (b"-" if deleted else b"+") + bytes.fromhex(row_hash)[:_HASH_BYTES]


def is_deleted(version: Version) -> bool:
    """Return whether a version marks a deletion."""
    return version.startswith(b"-")


@dataclass(frozen=True)
class RawLayer:
    """One schema of the raw layer, read through an open connection."""

    connection: Connection
    schema: str

    def tables(self) -> set[str]:
        """Return the names of the tables of complete loads that exist."""
        names = self._names
        return {name for name in names if not name.startswith("_dlt")} if LOADS in names else set()

    def exists(self, table: str) -> bool:
        """Return whether a table of any kind exists."""
        return table in self._names

    @cached_property
    def _names(self) -> set[str]:
        # Asked once: it is closed before anything is loaded.
        rows = self.connection.execute(
            "select table_name from information_schema.tables where table_schema = ?",
            (self.schema,),
        ).fetchall()
        return {str(name) for (name,) in rows}

    def newest_versions(self, table: str, since: tuple[str, object] | None = None) -> Versions:
        """Return the newest version of every id.

        Args:
            table: the table; one that doesn't exist has no versions.
            since: a timestamp column and its earliest value; ids outside of it are left out.
        """
        if table not in self.tables():
            return {}
        where, params = (f"and {since[0]} >= ?", (since[1],)) if since else ("", ())
        rows = self.connection.execute(
            f"""
            select id, hash, deleted
            from (
                select
                    id,
                    hash,
                    deleted,
                    row_number() over (
                        partition by id order by observed_at desc, _dlt_load_id desc
                    ) as recency
                from {self.complete(table)}
                where true {where}
            ) as versions
            where recency = 1
            """,  # noqa: S608  names come from specs
            params,
        ).fetchall()
        return {row_id: version_of(digest, deleted=deleted) for row_id, digest, deleted in rows}

    def newest_rows(
        self, table: str, columns: Sequence[str], ids: Sequence[str]
    ) -> list[tuple[Any, ...]]:
        """Return those columns of the newest version of each of these ids."""
        names = ", ".join(columns)
        marks = ", ".join("?" for _ in ids)
        return self.connection.execute(
            f"""
            select {names}
            from (
                select
                    {names},
                    row_number() over (
                        partition by id order by observed_at desc, _dlt_load_id desc
                    ) as recency
                from {self.complete(table)}
                where id in ({marks})
            ) as versions
            where recency = 1
            """,  # noqa: S608  names come from specs
            tuple(ids),
        ).fetchall()

    def complete(self, table: str) -> str:
        """Return a subquery with the rows of complete loads, as SQL."""
        loads = f"select load_id from {self.schema}.{LOADS} where status = 0"  # noqa: S608
        rows = f"select * from {self.schema}.{table} where _dlt_load_id in ({loads})"  # noqa: S608
        return f"({rows}) as {table}_rows"


@contextmanager
def raw_layer(engine: Engine, schema: str, *, memory: str | None = None) -> Iterator[RawLayer]:
    """Open a schema of the raw layer; close it before dlt loads (one DuckDB file, one writer).

    Args:
        engine: the warehouse.
        schema: one of the names above.
        memory: DuckDB's `memory_limit` while it is open; it keeps what it has read.
    """
    with engine.connect() as connection:
        if memory and engine.name == "duckdb":
            connection.execute(f"set memory_limit = '{memory}'")
        yield RawLayer(connection, schema)
