"""A raw layer in memory: DuckDB without dlt, so that a pull takes milliseconds."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import duckdb
import pyarrow as pa

from ingest.raw import STRIPE, RawLayer
from ingest.stripe.landing import arrow_table
from ingest.stripe.packages import Package
from warehouse.engines import DuckDBConnection

# One for all tables: few statements, and few rows.
LANDED = f"{STRIPE}.landed"
_COLUMNS = (
    "id text, object text, hash text, created_at timestamptz, observed_at timestamptz, "
    "event_id text, deleted boolean, api_version text, account_id text, table_name text, "
    "_dlt_load_id text"
)


class KilledError(BaseException):
    """The process has ended here."""


@dataclass(frozen=True)
class _Remembered(RawLayer):
    """A raw layer that need not ask for its tables and complete loads: that takes half the time."""

    known: set[str]
    broken: set[str]

    def tables(self) -> set[str]:
        return set(self.known)

    def complete(self, table: str) -> str:
        return (
            f"(select * from {LANDED} where table_name = '{table}'{self._counts}) as {table}_rows"
        )

    def all_complete(self) -> str:
        """Return a subquery of the rows of all tables that count."""
        return f"(select * from {LANDED} where true{self._counts}) as rows"

    @property
    def _counts(self) -> str:
        broken = ", ".join(f"'{load_id}'" for load_id in sorted(self.broken))
        return f" and _dlt_load_id not in ({broken})" if broken else ""


class MemoryStore:
    """Lands packages as the pipeline does: rows count once their load is complete.

    Attributes:
        before_commit: is called when the rows are in and the load is not complete yet.
        after_commit: is called when it is.
        packages: what was landed.
    """

    engine: Literal["duckdb"] = "duckdb"

    def __init__(self) -> None:
        # Rows are few: to share them out, or to look for the best way to them, only costs time.
        self._raw = DuckDBConnection(duckdb.connect(":memory:", config={"threads": 1}))
        self._raw.execute("pragma disable_optimizer")
        self._raw.execute("set TimeZone = 'UTC'")
        self._raw.execute(f"create schema {STRIPE}; create table {LANDED} ({_COLUMNS})")
        self._state: dict[str, Any] = {}
        self._loads = 0
        self._layer = _Remembered(self._raw, STRIPE, set(), set())
        self.before_commit: Callable[[], None] = lambda: None
        self.after_commit: Callable[[], None] = lambda: None
        self.packages: list[Package] = []

    def state(self) -> dict[str, Any]:
        return copy.deepcopy(self._state)

    def land(self, package: Package, empty: Iterable[str] = ()) -> None:
        self._loads += 1
        load_id = f"{self._loads:010d}"
        self._layer.broken.add(load_id)
        self._layer.known.update(empty, package.rows)
        if package.rows:
            rows = [_named(arrow_table(rows), table) for table, rows in package.rows.items()]
            self._raw.raw.register("landing", pa.concat_tables(rows))
            self._raw.execute(f"insert into {LANDED} select *, '{load_id}' from landing")
            self._raw.raw.unregister("landing")
        self.before_commit()
        self._layer.broken.remove(load_id)
        self._state = copy.deepcopy(package.state)
        self.packages.append(package)
        self.after_commit()

    @contextmanager
    def raw(self) -> Iterator[RawLayer]:
        yield self._layer

    def versions(self, account_id: str) -> list[tuple[Any, ...]]:
        """Return table, id, hash, deleted and object of an account's rows that count, in order."""
        query = (
            f"select table_name, id, hash, deleted, object from {self._layer.all_complete()} "
            "where account_id = ? order by observed_at, _dlt_load_id"
        )
        return self._raw.execute(query, (account_id,)).fetchall()

    def tables(self) -> set[str]:
        return self._layer.tables()

    def newest(self, table: str) -> dict[str, tuple[str, bool]]:
        """Return the hash of the newest version of every object, and whether it is deleted."""
        if table not in self._layer.known:
            return {}
        rows = self._raw.execute(
            f"select id, hash, deleted from {self._layer.complete(table)} "
            "qualify row_number() over "
            "(partition by id order by observed_at desc, _dlt_load_id desc) = 1"
        ).fetchall()
        return {row[0]: (row[1], row[2]) for row in rows}


def _named(rows: pa.Table, table: str) -> pa.Table:
    return rows.append_column("table_name", pa.array([table] * rows.num_rows, pa.string()))
