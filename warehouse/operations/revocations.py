"""What no longer holds although it has not expired: a person's tokens, a browser's session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from warehouse.operations.store import OperationsStore, instant_text

# Sessions last hours; what revoked one is of no use afterwards.
_SESSIONS_KEPT: Final = timedelta(days=2)


@dataclass(frozen=True)
class Revoked:
    """What was revoked, as of one moment.

    Attributes:
        sessions: ids of sessions that were closed.
        subjects: by name, until when tokens were issued that hold no more.
    """

    sessions: frozenset[str]
    subjects: dict[str, datetime]

    def covers(self, subject: str, issued_at: datetime | None) -> bool:
        """Return whether a token of this subject, issued then (None: unknown), is revoked."""
        until = self.subjects.get(subject)
        return until is not None and (issued_at is None or issued_at <= until)


class Revocations:
    """The revocations of one warehouse, by the machine's clock."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store
        self._table = f"{store.schema}revocations"

    def revoke_session(self, session_id: str) -> None:
        """Close a session, whoever still has its cookie."""
        old = instant_text(datetime.now(UTC) - _SESSIONS_KEPT)
        sql = f"delete from {self._table} where kind = 'session' and revoked_at < ?"  # noqa: S608
        with self._store.connect() as connection:
            connection.execute(sql, [old])
        self._revoke("session", session_id)

    def revoke_tokens(self, subject: str) -> None:
        """Revoke every token of this name that was issued until now."""
        self._revoke("subject", subject)

    def all(self) -> Revoked:
        """Return what is revoked now."""
        with self._store.connect() as connection:
            sql = f"select kind, name, revoked_at from {self._table}"  # noqa: S608
            rows = connection.execute(sql).fetchall()
        return Revoked(
            frozenset(name for kind, name, _ in rows if kind == "session"),
            {name: datetime.fromisoformat(at) for kind, name, at in rows if kind == "subject"},
        )

    def _revoke(self, kind: str, name: str) -> None:
        sql = (
            f"insert into {self._table} (kind, name, revoked_at) values (?, ?, ?) "  # noqa: S608
            "on conflict (kind, name) do update set revoked_at = excluded.revoked_at"
        )
        with self._store.connect() as connection:
            connection.execute(sql, [kind, name, instant_text(datetime.now(UTC))])
