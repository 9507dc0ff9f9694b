"""A raw layer in memory: DuckDB without dlt, so that a pull takes milliseconds."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import duckdb

from ingest.raw import STRIPE, RawLayer
from ingest.stripe.landing import arrow_table
from ingest.stripe.packages import Package
from warehouse.engines import DuckDBConnection

COLUMNS = (
    "id text, object text, hash text, created_at timestamptz, observed_at timestamptz, "
    "event_id text, deleted boolean, api_version text, account_id text, _dlt_load_id text"
)


class KilledError(BaseException):
    """The process has ended here."""


class MemoryStore:
    """Lands packages as the pipeline does: rows count once their load is complete.

    Attributes:
        before_commit: is called when the rows are in and the load is not complete yet.
        after_commit: is called when it is.
        packages: what was landed.
    """

    engine: Literal["duckdb"] = "duckdb"

    def __init__(self) -> None:
        self._raw = DuckDBConnection(duckdb.connect(":memory:"))
        self._raw.execute("set TimeZone = 'UTC'")
        self._raw.execute(f"create schema {STRIPE}")
        self._raw.execute(f"create table {STRIPE}._dlt_loads (load_id text, status integer)")
        self._state: dict[str, Any] = {}
        self._loads = 0
        self.before_commit: Callable[[], None] = lambda: None
        self.after_commit: Callable[[], None] = lambda: None
        self.packages: list[Package] = []

    def state(self) -> dict[str, Any]:
        return copy.deepcopy(self._state)

    def land(self, package: Package, empty: Iterable[str] = ()) -> None:
        self._loads += 1
        load_id = f"{self._loads:010d}"
        for table in {*empty, *package.rows}:
            self._raw.execute(f"create table if not exists {STRIPE}.{table} ({COLUMNS})")
        for table, rows in package.rows.items():
            self._raw.raw.register("landing", arrow_table(rows))
            self._raw.execute(f"insert into {STRIPE}.{table} select *, '{load_id}' from landing")
            self._raw.raw.unregister("landing")
        self.before_commit()
        self._raw.execute(f"insert into {STRIPE}._dlt_loads values ('{load_id}', 0)")
        self._state = copy.deepcopy(package.state)
        self.packages.append(package)
        self.after_commit()

    @contextmanager
    def raw(self) -> Iterator[RawLayer]:
        yield RawLayer(self._raw, STRIPE)

    def newest(self, table: str) -> dict[str, tuple[str, bool]]:
        """Return the hash of the newest version of every object, and whether it is deleted."""
        layer = RawLayer(self._raw, STRIPE)
        if table not in layer.tables():
            return {}
        rows = self._raw.execute(
            f"select id, hash, deleted from {layer.complete(table)} "
            "qualify row_number() over "
            "(partition by id order by observed_at desc, _dlt_load_id desc) = 1"
        ).fetchall()
        return {row[0]: (row[1], row[2]) for row in rows}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self._raw.execute(query).fetchall()
