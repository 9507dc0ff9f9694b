"""The audit log: who did what, when, from where, in a chain that shows any later change.

Each row carries the HMAC of itself and of the row before, under a key that is not in the database.
The newest row is anchored in a signed line outside of it, so that rows cut off at the end show,
too. Whoever keeps a copy of such lines elsewhere can hold the log to them.
"""

from __future__ import annotations

import hmac
import json
import logging
import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

import orjson
from filelock import FileLock

from warehouse.engines import Connection
from warehouse.errors import SettingsError, TillhouseError
from warehouse.operations.store import OperationsStore, instant_text
from warehouse.settings import Settings

logger = logging.getLogger(__name__)

_COLUMNS = "position, at, actor, action, target, outcome, address, request_id, detail, mac"
_MARKS = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

# SQLite takes at most 32,766 parameters in a statement.
_ROWS_PER_STATEMENT: Final = 1_000
_ROWS_PER_READ: Final = 20_000
_LONGEST: Final = 1_000


class AuditError(TillhouseError):
    """The audit log can't be written, or is not what was written."""


@dataclass(frozen=True)
class AuditEntry:
    """One thing that somebody did, or was refused.

    Attributes:
        at: when, by the machine's clock, aware.
        actor: who; no e-mail address.
        action: `read`, `export`, `admin`, `sign_in`, `refused`, or a command's name.
        target: what it was done to: an address of the API, a generation.
        outcome: what became of it: a status, or `begun`.
        address: of the client; empty for the command line.
        request_id: the request's; empty for the command line.
        detail: what else is to be known, without personal data.
    """

    at: datetime
    actor: str
    action: str
    target: str
    outcome: str
    address: str = ""
    request_id: str = ""
    detail: tuple[tuple[str, str | int], ...] = ()

    def values(self) -> list[str]:
        """Return the texts of a row; none can break a line of a log that quotes it."""
        detail = json.dumps(dict(self.detail), separators=(",", ":"))
        texts = (self.actor, self.action, self.target, self.outcome, self.address, self.request_id)
        return [instant_text(self.at) or "", *map(printable, texts), detail[:_LONGEST]]


@dataclass(frozen=True)
class Anchor:
    """The place and MAC of a row, signed, to be kept outside of the database."""

    position: int
    mac: str
    at: str

    def line(self, key: bytes) -> str:
        """Return it as one line, signed."""
        fields = {"position": self.position, "mac": self.mac, "at": self.at}
        return json.dumps({**fields, "signature": self._signature(key)})

    @classmethod
    def read(cls, line: str, key: bytes) -> Self:
        """Return the anchor in a line.

        Raises:
            AuditError: it was not signed with this key.
        """
        try:
            fields = json.loads(line)
            anchor = cls(int(fields["position"]), str(fields["mac"]), str(fields["at"]))
            signature = str(fields["signature"])
        except (ValueError, KeyError, TypeError):
            raise AuditError("an anchor of the audit log is no signed line") from None
        if not hmac.compare_digest(signature.encode(), anchor._signature(key).encode()):
            raise AuditError(
                f"the anchor at row {anchor.position} is not signed with the audit log's key"
            )
        return anchor

    def _signature(self, key: bytes) -> str:
        text = orjson.dumps(["anchor", self.position, self.mac, self.at])
        return hmac.digest(key, text, "sha256").hex()


@dataclass(frozen=True)
class AuditCheck:
    """What a check found: how many rows are in order, and what is wrong; None if nothing is."""

    rows: int
    problem: str | None


class AuditLog:
    """The audit log of one warehouse.

    Args:
        settings: the operations store, the home (for anchors), and AUDIT_KEY.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store = OperationsStore(settings)
        self._table = f"{self._store.schema}audit"
        self.head = settings.tillhouse_home / "audit.head"
        self.anchors = settings.tillhouse_home / "audit.anchors"

    def append(self, entries: Sequence[AuditEntry]) -> None:
        """Add entries, all in one commit, and anchor the newest.

        Raises:
            AuditError: they could not be written.
        """
        if not entries:
            return
        try:
            newest = self._append(entries, self._settings.audit_key_value())
        except Exception as error:
            raise AuditError(f"the audit log can't be written ({type(error).__name__})") from error
        self._anchor(newest)

    def verify(self, kept: Sequence[str] = ()) -> AuditCheck:
        """Read the whole log and say whether it is what was written.

        Args:
            kept: anchors' lines that were kept elsewhere, which the log must hold to as well.

        Raises:
            SettingsError: the key is missing.
            SourceError: the database can't be reached.
        """
        key = self._key()
        rows = 0
        try:
            anchors = {anchor.position: anchor for anchor in self._anchored(kept, key)}
            for rows, row_mac in self._chained(key):
                _refuse_another(anchors.get(rows), row_mac)
            _refuse_cut_off(rows, max(anchors, default=None))
        except AuditError as error:
            return AuditCheck(rows, str(error))
        return AuditCheck(rows, None)

    def newest_anchor(self) -> str | None:
        """Return the signed line of the newest row, to be kept elsewhere; None before the first."""
        return self.head.read_text().strip() if self.head.exists() else None

    def latest(self, limit: int, before: int | None = None) -> list[dict[str, Any]]:
        """Return the newest rows, newest first; with `before`, only those of lower positions."""
        where, parameters = ("where position < ?", [before]) if before is not None else ("", [])
        sql = (
            f"select {_COLUMNS} from {self._table} {where} "  # noqa: S608
            f"order by position desc limit {int(limit)}"
        )
        names = _COLUMNS.split(", ")[:-1]
        with self._store.connect() as connection:
            rows = connection.execute(sql, parameters).fetchall()
        return [dict(zip(names, row[:-1], strict=True)) for row in rows]

    def _chained(self, key: bytes) -> Iterator[tuple[int, str]]:
        """Yield the position and MAC of each row, in order.

        Raises:
            AuditError: a row is not the next, or not what was written.
        """
        position, mac = 0, ""
        for row in self._rows():
            if row[0] != position + 1:
                raise AuditError(f"row {position + 1} is missing, row {row[0]} is there")
            position, mac = row[0], _mac(key, mac, row[:-1])
            if not hmac.compare_digest(mac, row[-1]):
                raise AuditError(f"row {position} is not what was written there")
            yield position, mac

    def _append(self, entries: Sequence[AuditEntry], key: bytes) -> Anchor:
        with self._store.appending("audit") as connection:
            last, mac = self._last(connection)
            rows: list[list[str | int]] = []
            for position, entry in enumerate(entries, last + 1):
                row: list[str | int] = [position, *entry.values()]
                mac = _mac(key, mac, row)
                rows.append([*row, mac])
            for start in range(0, len(rows), _ROWS_PER_STATEMENT):
                part = rows[start : start + _ROWS_PER_STATEMENT]
                marks = ", ".join([_MARKS] * len(part))
                sql = f"insert into {self._table} ({_COLUMNS}) values {marks}"  # noqa: S608
                connection.execute(sql, [value for row in part for value in row])
        return Anchor(last + len(entries), mac, instant_text(datetime.now(UTC)) or "")

    def _last(self, connection: Connection) -> tuple[int, str]:
        sql = f"select position, mac from {self._table} order by position desc limit 1"  # noqa: S608
        row = connection.execute(sql).fetchone()
        return (int(row[0]), str(row[1])) if row else (0, "")

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        sql = (
            f"select {_COLUMNS} from {self._table} where position > ? "  # noqa: S608
            f"order by position limit {_ROWS_PER_READ}"
        )
        after = -1 << 62
        while True:
            with self._store.connect() as connection:
                rows = connection.execute(sql, [after]).fetchall()
            yield from rows
            if len(rows) < _ROWS_PER_READ:
                return
            after = rows[-1][0]

    def _anchor(self, newest: Anchor) -> None:
        """Write the head, and once a day a line that is only ever added to; never an older head."""
        key = self._settings.audit_key_value()
        try:
            with FileLock(self.head.with_suffix(".lock"), mode=0o600):
                before = self.newest_anchor()
                known = Anchor.read(before, key) if before else None
                if known is not None and known.position >= newest.position:
                    return
                _replace(self.head, newest.line(key))
                if known is None or known.at[:10] != newest.at[:10]:
                    with self.anchors.open("a") as file:
                        file.write(f"{newest.line(key)}\n")
        except (OSError, AuditError) as error:
            # The rows are written; a check will say that their end is not anchored.
            logger.error("the audit log's head could not be written: %s", error)  # noqa: TRY400

    def _anchored(self, kept: Sequence[str], key: bytes) -> Iterator[Anchor]:
        lines = self.anchors.read_text().splitlines() if self.anchors.exists() else []
        newest = self.newest_anchor()
        for line in [*lines, *([newest] if newest else []), *kept]:
            if line.strip():
                yield Anchor.read(line, key)

    def _key(self) -> bytes:
        """Return the key, and make none for a log that was written with another."""
        home = self._settings.tillhouse_home
        if self._settings.audit_key is None and not (home / "audit.key").exists():
            with self._store.connect() as connection:
                if self._last(connection) != (0, ""):
                    raise SettingsError(
                        f"the audit log's key is missing: set AUDIT_KEY, or bring {home}/audit.key "
                        "back"
                    )
        return self._settings.audit_key_value()


def printable(text: str) -> str:
    """Return a text of a stranger on one line, of bounded length, without control characters."""
    text = text[:_LONGEST]
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _refuse_another(anchor: Anchor | None, mac: str) -> None:
    if anchor is not None and anchor.mac != mac:
        raise AuditError(f"row {anchor.position} is not the one that was anchored")


def _refuse_cut_off(rows: int, anchored: int | None) -> None:
    if rows and anchored is None:
        raise AuditError("audit.head is missing: nothing says how long the log is")
    if anchored is not None and anchored > rows:
        raise AuditError(f"rows {rows + 1} to {anchored} are missing at the end")


def _mac(key: bytes, before: str, row: Sequence[str | int]) -> str:
    # JSON says where one value ends and the next begins.
    return hmac.digest(key, before.encode() + orjson.dumps(row), "sha256").hex()


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{text}\n")
    draft.replace(path)
