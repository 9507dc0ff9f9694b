"""From objects to rows: cleaned, hashed, and landed only when their newest version differs."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import orjson
import pyarrow as pa

from ingest.personal_data import Pseudonymiser
from ingest.raw import Versions, is_deleted, version_of
from ingest.stripe.specs import API_VERSION, REFERENCES, ObjectSpec

Json = dict[str, Any]

SCHEMA: Final = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("object", pa.string(), nullable=False),
        pa.field("hash", pa.string(), nullable=False),
        pa.field("created_at", pa.timestamp("us", "UTC")),
        pa.field("observed_at", pa.timestamp("us", "UTC"), nullable=False),
        pa.field("event_id", pa.string()),
        pa.field("deleted", pa.bool_(), nullable=False),
        pa.field("api_version", pa.string()),
        pa.field("account_id", pa.string()),
    ]
)


class Row(NamedTuple):
    """One observed version, in the order of SCHEMA."""

    id: str
    object: str
    hash: str
    created_at: int | None
    observed_at: datetime
    event_id: str | None
    deleted: bool
    api_version: str | None
    account_id: str | None


@dataclass(frozen=True)
class Origin:
    """What led to an object: the event, and whether it says that the object is gone."""

    event_id: str | None = None
    deleted: bool = False
    api_version: str | None = API_VERSION


LISTED: Final = Origin()


def tombstone(spec: ObjectSpec, object_id: str) -> Json:
    """Return what stands for an object of which Stripe only says that it is gone."""
    return {"id": object_id, "object": spec.object, "deleted": True}


def arrow_table(rows: Iterable[Row]) -> pa.Table:
    """Return rows as the columns that dlt loads."""
    columns = list(zip(*rows, strict=True)) or [() for _ in SCHEMA]
    arrays = [
        pa.array(_microseconds(values) if name == "created_at" else values, type=kind)
        for values, name, kind in zip(columns, SCHEMA.names, SCHEMA.types, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def _microseconds(epochs: Iterable[int | None]) -> list[int | None]:
    return [None if epoch is None else epoch * 1_000_000 for epoch in epochs]


@dataclass
class Landing:
    """Knows the newest version of everything landed, and takes what is new.

    Used by several threads at once.

    Attributes:
        known: the newest versions by table, kept up to date with what is landed here.
        pseudonymiser: removes personal data.
        clock: the instant that counts as now.
        account_id: the Stripe account that everything belongs to.
        seen: ids met in this pull by table, whether they had changed or not.
        wanted: ids by table that landed objects name and that were never seen.
    """

    known: dict[str, Versions]
    pseudonymiser: Pseudonymiser
    clock: Callable[[], datetime]
    account_id: str | None = None
    seen: dict[str, set[str]] = field(default_factory=dict)
    wanted: dict[str, set[str]] = field(default_factory=dict)
    _landed_at: dict[tuple[str, str], datetime] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(
        self,
        spec: ObjectSpec,
        objects: Iterable[Json],
        origins: Mapping[str, Origin] = MappingProxyType({}),
    ) -> list[Row]:
        """Return the rows of those objects whose newest landed version is another.

        Args:
            spec: their type.
            objects: as Stripe gave them.
            origins: what led to an object, by id; the others were listed.
        """
        now = self.clock()
        rows = (self._row(spec, obj, origins, now) for obj in objects)
        return [row for row in rows if row is not None]

    def _row(
        self, spec: ObjectSpec, obj: Json, origins: Mapping[str, Origin], now: datetime
    ) -> Row | None:
        object_id = str(obj.get("id") or spec.object)
        origin = origins.get(object_id, LISTED)
        deleted = origin.deleted or obj.get("deleted") is True
        cleaned = self.pseudonymiser.clean(obj)
        canonical = orjson.dumps(cleaned, option=orjson.OPT_SORT_KEYS)
        if b"\\u0000" in canonical:
            cleaned = without_nul(cleaned)
            canonical = orjson.dumps(cleaned, option=orjson.OPT_SORT_KEYS)
        digest = hashlib.sha256(canonical).hexdigest()
        version = version_of(digest, deleted=deleted)
        with self._lock:
            self.seen.setdefault(spec.table, set()).add(object_id)
            versions = self.known.setdefault(spec.table, {})
            before = versions.get(object_id)
            if before == version or (deleted and before and is_deleted(before)):
                return None
            versions[object_id] = version
            observed_at = self._after_last(spec.table, object_id, now)
            self._want(spec, cleaned)
        text = orjson.dumps(cleaned).decode()
        created = obj.get("created", obj.get("date"))
        return Row(
            object_id,
            text,
            digest,
            created if isinstance(created, int) else None,
            observed_at,
            origin.event_id,
            deleted,
            obj.get("api_version") if spec.object == "event" else origin.api_version,
            self.account_id,
        )

    def _after_last(self, table: str, object_id: str, now: datetime) -> datetime:
        """Keep two versions of one object in one pull apart, even if the clock stands."""
        last = self._landed_at.get((table, object_id))
        observed_at = max(now, last + timedelta(microseconds=1)) if last else now
        self._landed_at[table, object_id] = observed_at
        return observed_at

    def _want(self, spec: ObjectSpec, obj: Json) -> None:
        for path, table in REFERENCES.get(spec.table, ()):
            for found in values_at(obj, path.split(".")):
                object_id = found.get("id") if isinstance(found, dict) else found
                if isinstance(object_id, str) and object_id not in self.known.get(table, {}):
                    self.wanted.setdefault(table, set()).add(object_id)

    def take_wanted(self) -> dict[str, set[str]]:
        """Return what is named and was never seen, and forget it."""
        with self._lock:
            wanted = {
                table: ids - self.known.get(table, {}).keys() for table, ids in self.wanted.items()
            }
            self.wanted = {}
        return {table: ids for table, ids in wanted.items() if ids}


def without_nul(node: Any) -> Any:
    """Return JSON without NUL characters, which no text of PostgreSQL can hold."""
    if isinstance(node, str):
        return node.replace("\0", "")
    if isinstance(node, dict):
        return {without_nul(key): without_nul(value) for key, value in node.items()}
    if isinstance(node, list):
        return [without_nul(element) for element in node]
    return node


def values_at(node: Any, path: list[str]) -> list[Any]:
    """Return what lies at a path in JSON; `*` goes through every element of a list."""
    nodes = [node]
    for key in path:
        if key == "*":
            nodes = [element for node in nodes if isinstance(node, list) for element in node]
        else:
            nodes = [node.get(key) for node in nodes if isinstance(node, dict)]
    return [node for node in nodes if node is not None]
