"""The history of refreshes: when each began and ended, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from warehouse.operations.store import OperationsStore, instant, instant_text

Status = Literal["running", "published", "unchanged", "failed"]

_COLUMNS = "run_id, mode, started_at, ended_at, status, message, generation_id"


@dataclass(frozen=True)
class Run:
    """One refresh; its times are what counted as now, like the instants in the data."""

    run_id: str
    mode: str
    started_at: datetime
    ended_at: datetime | None
    status: Status
    message: str | None
    generation_id: str | None


class RunHistory:
    """The refreshes of one warehouse."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store
        self._table = f"{store.schema}runs"

    def begin(self, run_id: str, mode: str, now: datetime) -> None:
        """Note that a run has begun."""
        sql = (
            f"insert into {self._table} (run_id, mode, recorded_at, started_at, status) "  # noqa: S608
            "values (?, ?, ?, ?, 'running')"
        )
        recorded_at = instant_text(datetime.now(UTC))
        with self._store.connect() as connection:
            connection.execute(sql, [run_id, mode, recorded_at, instant_text(now)])

    def end(
        self, run_id: str, status: Status, message: str, generation_id: str | None, now: datetime
    ) -> None:
        """Note what became of a run."""
        sql = (
            f"update {self._table} set ended_at = ?, status = ?, message = ?, generation_id = ? "  # noqa: S608
            "where run_id = ?"
        )
        with self._store.connect() as connection:
            connection.execute(sql, [instant_text(now), status, message, generation_id, run_id])

    def last_good(self) -> Run | None:
        """Return the newest run that found everything in order, whether or not it published."""
        good = ("published", "unchanged")
        return next((run for run in self.latest(200) if run.status in good), None)

    def latest(self, limit: int = 20) -> list[Run]:
        """Return the newest runs, newest first."""
        # By the machine's clock: what counts as now may stand still from run to run.
        newest = f"order by recorded_at desc limit {int(limit)}"
        sql = f"select {_COLUMNS} from {self._table} {newest}"  # noqa: S608
        with self._store.connect() as connection:
            rows = connection.execute(sql).fetchall()
        return [
            Run(
                run_id,
                mode,
                datetime.fromisoformat(began),
                instant(ended),
                status,
                message,
                generation,
            )
            for run_id, mode, began, ended, status, message, generation in rows
        ]
