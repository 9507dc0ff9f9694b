"""One writer per warehouse: a lock that says who holds it.

The operating system (and PostgreSQL) let go of a dead holder's lock, so nothing has to be mended
by hand. The note beside the lock file only names the holder and decides nothing.
"""

from __future__ import annotations

import json
import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from warehouse.engines import Connection, DuckDBEngine, PostgresEngine, engine_for
from warehouse.errors import LockHeldError
from warehouse.settings import Settings

logger = logging.getLogger(__name__)

_ADVISORY = "hashtext('tillhouse.run')"


@dataclass(frozen=True)
class Holder:
    """Who holds a lock."""

    pid: int
    host: str
    command: str
    since: str

    @classmethod
    def this(cls, command: str) -> Holder:
        """Return this process as a holder."""
        since = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        return cls(os.getpid(), socket.gethostname(), command, since)

    def __str__(self) -> str:
        return f"`{self.command}`, process {self.pid} on {self.host}, since {self.since}"


@contextmanager
def run_lock(settings: Settings, command: str) -> Iterator[None]:
    """Hold the home and the warehouse while something writes to them.

    Args:
        settings: which home and warehouse.
        command: what runs, for whoever finds the lock held.

    Raises:
        LockHeldError: another run holds one of them; it is named.
        SettingsError: their folders can't be written.
    """
    holder = Holder.this(command)
    engine = engine_for(settings)
    with _file_lock(settings.prepare_home() / "run.lock", holder):
        if isinstance(engine, DuckDBEngine):
            engine.make_folder()
            with _file_lock(_beside(engine), holder):
                yield
        elif isinstance(engine, PostgresEngine):
            with _advisory_lock(engine, holder):
                yield


def holder_of(settings: Settings) -> str | None:
    """Return who writes to this home or its warehouse just now, or None.

    Raises:
        SourceError: PostgreSQL can't be reached.
    """
    engine = engine_for(settings)
    paths = [settings.tillhouse_home / "run.lock"]
    if isinstance(engine, DuckDBEngine):
        paths.append(_beside(engine))
    holder = next((held for path in paths if (held := _file_holder(path))), None)
    if holder is None and isinstance(engine, PostgresEngine):
        with engine.connect() as connection:
            return _session(connection)
    return holder


def _file_holder(path: Path) -> str | None:
    if not path.exists():
        return None
    try:
        with FileLock(path, timeout=0):
            return None
    except Timeout:
        return _noted(path)


def _beside(engine: DuckDBEngine) -> Path:
    """Return the lock of a warehouse's file: another home may point to the same one."""
    return engine.path.with_name(f"{engine.path.name}.lock")


@contextmanager
def _file_lock(path: Path, holder: Holder) -> Iterator[None]:
    try:
        lock = FileLock(path).acquire(timeout=0)
    except Timeout:
        raise _held(_noted(path)) from None
    with lock:
        note = _note(path)
        note.write_text(json.dumps(asdict(holder)))
        try:
            yield
        finally:
            note.unlink(missing_ok=True)


@contextmanager
def _advisory_lock(engine: PostgresEngine, holder: Holder) -> Iterator[None]:
    with engine.connect() as connection:
        name = f"tillhouse {holder.command} pid {holder.pid} {holder.host}"
        connection.execute("select set_config('application_name', ?, false)", [name[:63]])
        if connection.execute(f"select pg_try_advisory_lock({_ADVISORY})").fetchone() == (True,):
            try:
                yield
            finally:
                _release(connection)
            return
        raise _held(_session(connection) or "a session")


def _session(connection: Connection) -> str | None:
    """Return the session that holds the advisory lock, None if none does."""
    row = connection.execute(
        "select a.application_name, a.backend_start from pg_locks l "  # noqa: S608  a constant
        "join pg_stat_activity a using (pid) where l.locktype = 'advisory' and l.granted "
        f"and l.objid = {_ADVISORY}::bigint & 4294967295 "
        "and l.database = (select oid from pg_database where datname = current_database())"
    ).fetchone()
    return f"`{row[0]}` since {row[1]:%Y-%m-%dT%H:%M:%SZ}" if row else None


def _release(connection: Connection) -> None:
    """Let go before closing: a closed session's lock lasts until its server process has noticed."""
    import psycopg  # noqa: PLC0415  an embedded warehouse needs none

    try:
        connection.execute(f"select pg_advisory_unlock({_ADVISORY})")
    except psycopg.OperationalError:
        logger.warning("the session of the run lock was cut off; the server has let go of it")


def _held(by: str) -> LockHeldError:
    return LockHeldError(
        f"another run holds this warehouse: {by}; wait until it is done, or stop that process"
    )


def _note(path: Path) -> Path:
    return path.with_name(f"{path.name}.holder")


def _noted(path: Path) -> str:
    try:
        return str(Holder(**json.loads(_note(path).read_text())))
    except (OSError, ValueError):
        return "a run that has just begun or is ending"
