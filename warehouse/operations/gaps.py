"""Gaps in what the event stream told, from the moment they are noticed until they are healed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from warehouse.operations.store import OperationsStore, instant, instant_text

_COLUMNS = "account_id, reason, since, until, detected_at, healed_at"


@dataclass(frozen=True)
class SyncGap:
    """A time of which changes may have been missed; everything is read again to heal it.

    Attributes:
        account_id: the Stripe account.
        reason: how it was noticed, in words.
        since: its beginning.
        until: its end.
        detected_at: when it was noticed.
        healed_at: when everything had been read again; None while it is open.
    """

    account_id: str
    reason: str
    since: datetime
    until: datetime
    detected_at: datetime
    healed_at: datetime | None


class SyncGaps:
    """The gaps of one warehouse."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store
        self._table = f"{store.schema}sync_gaps"

    def open(
        self, account_id: str, reason: str, since: datetime, until: datetime, now: datetime
    ) -> None:
        """Keep a gap that was noticed; one that is open since then already stays as it is.

        A pull that is killed before it has landed anything notices the same gap again.
        """
        known = (
            f"select 1 from {self._table} "  # noqa: S608  a constant
            "where account_id = ? and since = ? and healed_at is null"
        )
        sql = (
            f"insert into {self._table} (gap_id, {_COLUMNS}) "  # noqa: S608  a constant
            "values (?, ?, ?, ?, ?, ?, null)"
        )
        row = [uuid4().hex, account_id, reason, *map(instant_text, (since, until, now))]
        with self._store.connect() as connection:
            if connection.execute(known, [account_id, instant_text(since)]).fetchone() is None:
                connection.execute(sql, row)

    def heal(self, account_id: str, now: datetime) -> None:
        """Note that everything of an account has been read again."""
        sql = (
            f"update {self._table} set healed_at = ? "  # noqa: S608  a constant
            "where account_id = ? and healed_at is null"
        )
        with self._store.connect() as connection:
            connection.execute(sql, [instant_text(now), account_id])

    def unhealed(self) -> list[SyncGap]:
        """Return the gaps that are open, oldest first."""
        return self._found("where healed_at is null order by detected_at, gap_id")

    def last_healed(self) -> SyncGap | None:
        """Return the gap that was healed last; None if none ever was."""
        newest = "where healed_at is not null order by healed_at desc, detected_at desc limit 1"
        return next(iter(self._found(newest)), None)

    def all(self) -> list[SyncGap]:
        """Return every gap there was, oldest first."""
        return self._found("order by detected_at, gap_id")

    def _found(self, condition: str) -> list[SyncGap]:
        sql = f"select {_COLUMNS} from {self._table} {condition}"  # noqa: S608  constants
        with self._store.connect() as connection:
            rows = connection.execute(sql).fetchall()
        return [
            SyncGap(
                account_id,
                reason,
                datetime.fromisoformat(since),
                datetime.fromisoformat(until),
                datetime.fromisoformat(detected),
                instant(healed),
            )
            for account_id, reason, since, until, detected, healed in rows
        ]
