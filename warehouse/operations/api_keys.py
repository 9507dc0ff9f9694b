"""Long-lived API keys: shown once, kept as a digest, revocable.

A key is 256 random bits, so a plain SHA-256 can't be turned back; slow hashes are for passwords.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from warehouse.operations.store import OperationsStore, instant, instant_text

_PREFIX = "till"
_COLUMNS = "key_id, name, role, scopes, created_at, expires_at, revoked_at, digest"


@dataclass(frozen=True)
class ApiKey:
    """What is known of a key; not the key."""

    key_id: str
    name: str
    role: str
    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    digest: str

    def holds(self, now: datetime) -> bool:
        """Return whether the key is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class ApiKeys:
    """The keys of one warehouse; they expire by the machine's clock, never a simulated one."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store
        self._table = f"{store.schema}api_keys"

    def create(
        self,
        name: str,
        *,
        role: str = "ADMIN",
        scopes: frozenset[str] = frozenset(),
        expires_at: datetime | None = None,
    ) -> str:
        """Return a new key; it can't be shown again."""
        key_id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
        key = f"{_PREFIX}_{key_id}_{secret}"
        sql = f"insert into {self._table} ({_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
        now, end = instant_text(datetime.now(UTC)), instant_text(expires_at)
        row = [key_id, name, role, " ".join(sorted(scopes)), now, end, None, _digest(key)]
        with self._store.connect() as connection:
            connection.execute(sql, row)
        return key

    def find(self, key: str) -> ApiKey | None:
        """Return what is known of a key, or None if it is unknown, expired or revoked."""
        prefix, _, rest = key.partition("_")
        found = self._get(rest.partition("_")[0]) if prefix == _PREFIX else None
        if found is None or not hmac.compare_digest(found.digest, _digest(key)):
            return None
        return found if found.holds(datetime.now(UTC)) else None

    def is_active(self, key_id: str) -> bool:
        """Return whether a key still holds."""
        found = self._get(key_id)
        return found is not None and found.holds(datetime.now(UTC))

    def revoke(self, key_id: str) -> bool:
        """Revoke a key; return whether there was one to revoke."""
        if not self.is_active(key_id):
            return False
        sql = f"update {self._table} set revoked_at = ? where key_id = ?"  # noqa: S608
        with self._store.connect() as connection:
            connection.execute(sql, [instant_text(datetime.now(UTC)), key_id])
        return True

    def all(self) -> list[ApiKey]:
        """Return every key, oldest first."""
        return self._read("", [])

    def _get(self, key_id: str) -> ApiKey | None:
        return next(iter(self._read("where key_id = ?", [key_id])), None)

    def _read(self, where: str, parameters: list[str]) -> list[ApiKey]:
        sql = f"select {_COLUMNS} from {self._table} {where} order by created_at"  # noqa: S608
        with self._store.connect() as connection:
            rows = connection.execute(sql, parameters).fetchall()
        return [
            ApiKey(
                key_id=row[0],
                name=row[1],
                role=row[2],
                scopes=frozenset(row[3].split()),
                created_at=datetime.fromisoformat(row[4]),
                expires_at=instant(row[5]),
                revoked_at=instant(row[6]),
                digest=row[7],
            )
            for row in rows
        ]


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
