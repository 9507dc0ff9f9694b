"""Dagster's event log in SQLite, with an engine a file in place of one an event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from dagster._core.storage.event_log.sqlite import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import NullPool

# A run has a file of its own, and the web server may look into all of them.
_KEPT_ENGINES: Final = 16
_BUSY_SECONDS: Final = 10


class EventLog(SqliteEventLogStorage):
    """Stores as its parent does, in the same files.

    An engine keeps the statements that it has compiled. Its parent makes one for every event and
    compiles them anew, which took as long as the transforms of a small company: a refresh has
    1,500 events.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
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

    def _engine_of(self, shard: str) -> Engine:
        if shard not in self._engines:
            if len(self._engines) >= _KEPT_ENGINES:
                self._engines.pop(next(iter(self._engines)))
            self._engines[shard] = create_engine(
                self.conn_string_for_shard(shard),
                poolclass=NullPool,
                connect_args={"timeout": _BUSY_SECONDS},
            )
        return self._engines[shard]
