"""The Dagster instance in TILLHOUSE_HOME, which the command line and the web server share."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
from sqlalchemy import event
from sqlalchemy.engine import Engine

from warehouse.lock import holder_of
from warehouse.settings import Settings

_AT_WORK = [
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]

CONFIG = """\
# Written by Tillhouse.
telemetry:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
run_monitoring:
  enabled: true
  free_slots_after_run_end_seconds: 300
freshness:
  enabled: true
event_log_storage:
  module: orchestration.event_log
  class: EventLog
  config:
    base_dir: {events}
"""


def prepare_instance(settings: Settings) -> Path:
    """Return the instance's folder, with its configuration as it should be."""
    folder = settings.dagster_home
    settings.prepare_home()
    folder.mkdir(exist_ok=True)
    path = folder / "dagster.yaml"
    # Where Dagster would have it, quoted as YAML takes it.
    config = CONFIG.format(events=json.dumps(str(folder / "history" / "runs")))
    if not path.exists() or path.read_text() != config:
        path.write_text(config)
    return folder


@contextmanager
def open_instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """Open the instance, made on first use, for one run in this process."""
    with _calm_sqlite(), dg.DagsterInstance.from_config(str(prepare_instance(settings))) as made:
        yield made


def end_left_runs(settings: Settings) -> int:
    """Mark as failed what a killed process has left unfinished; return how many runs.

    Dagster would take it for a run that is still at work, and start no other: one at a time.
    """
    if holder_of(settings) is not None:
        return 0
    with open_instance(settings) as instance:
        left = instance.get_runs(dg.RunsFilter(statuses=_AT_WORK))
        for run in left:
            instance.report_run_failed(run, "Its process ended before it did.")
    return len(left)


@contextmanager
def _calm_sqlite() -> Iterator[None]:
    """Spare the disk while Dagster writes its log: 35 s become 10 for a run's 700 events.

    Dagster opens and closes its SQLite files several times an event. The last connection to close
    copies the write-ahead log back and waits for the disk, so one more is kept open meanwhile; and
    a commit need not wait for the disk in that journal mode: after a power failure the newest
    lines of the run log are missing, and nothing else is.
    """
    kept: dict[str, sqlite3.Connection] = {}

    def on_connect(connection: Any, _record: object) -> None:
        connection.execute("pragma synchronous = normal")
        path = connection.execute("pragma database_list").fetchone()[2]
        if path and path not in kept:
            kept[path] = sqlite3.connect(path, check_same_thread=False)
            kept[path].execute("select count(*) from sqlite_master").fetchone()

    event.listen(Engine, "connect", on_connect)
    try:
        yield
    finally:
        event.remove(Engine, "connect", on_connect)
        for connection in kept.values():
            connection.close()
