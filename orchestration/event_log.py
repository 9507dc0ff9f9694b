"""Dagster's event log in SQLite, with a connection a file in place of several an event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from sqlite3 import Connection as SQLiteConnection
from typing import Any, Final

from dagster._core.storage.event_log.sqlite import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine
from typing_extensions import override

# A run has a file of its own, and the web server may look into all of them.
_KEPT_ENGINES: Final = 16
_BUSY_SECONDS: Final = 10


class EventLog(SqliteEventLogStorage):
    """Stores as its parent does, in the same files.

    A refresh has 1,500 events. Its parent makes an engine for each, compiles its statements anew,
    opens files and waits for the disk, which took as long as the transforms of a small company.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        self._tables: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> EventLog:
        """Return the log that dagster.yaml describes."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engine_of(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as connection, connection.begin():
                yield connection

    @override
    def has_table(self, table_name: str) -> bool:
        """Return whether the index has a table; once there, it stays."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    @override
    def dispose(self) -> None:
        """Close the files."""
        while self._engines:
            self._engines.popitem()[1].dispose()
        super().dispose()

    def _engine_of(self, shard: str) -> Engine:
        if shard not in self._engines:
            if len(self._engines) >= _KEPT_ENGINES:
                self._engines.pop(next(iter(self._engines))).dispose()
            engine = create_engine(
                self.conn_string_for_shard(shard),
                pool_size=1,
                connect_args={"timeout": _BUSY_SECONDS},
            )
            event.listen(engine, "connect", _leave_waiting_to_checkpoints)
            self._engines[shard] = engine
        return self._engines[shard]


def _leave_waiting_to_checkpoints(connection: SQLiteConnection, _: object) -> None:
    # The files are in WAL mode, where a crash of the machine may cost the last events, no more:
    # https://www.sqlite.org/pragma.html#pragma_synchronous
    connection.execute("pragma synchronous = normal")
