"""Alerts that somebody has seen: said once, kept whatever is published afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from warehouse.operations.store import OperationsStore, instant_text


@dataclass(frozen=True)
class Acknowledgement:
    """Who said that an alert is seen to, and when."""

    alert_id: str
    acknowledged_by: str
    acknowledged_at: datetime


class Acknowledgements:
    """The acknowledged alerts of one warehouse."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store
        self._table = f"{store.schema}acknowledgements"

    def add(self, alert_id: str, who: str, now: datetime) -> Acknowledgement:
        """Return the acknowledgement of an alert: the first one stays, however often it is said."""
        sql = (
            f"insert into {self._table} (alert_id, acknowledged_by, acknowledged_at) "  # noqa: S608
            "values (?, ?, ?) on conflict (alert_id) do nothing"
        )
        with self._store.connect() as connection:
            connection.execute(sql, [alert_id, who, instant_text(now)])
        return self.all()[alert_id]

    def all(self) -> dict[str, Acknowledgement]:
        """Return every acknowledgement by its alert."""
        sql = f"select alert_id, acknowledged_by, acknowledged_at from {self._table}"  # noqa: S608
        with self._store.connect() as connection:
            rows = connection.execute(sql).fetchall()
        return {
            str(alert_id): Acknowledgement(str(alert_id), str(who), datetime.fromisoformat(at))
            for alert_id, who, at in rows
        }
