"""From objects to rows: cleaned, hashed, as the raw layer holds them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import orjson
import pyarrow as pa

from ingest.erased import NOBODY, REPLACEMENT, ErasedNames, stripped
from ingest.personal_data import Pseudonymiser
from ingest.stripe.quick import Cleaned, QuickReader
from ingest.stripe.slices import created_of
from ingest.stripe.specs import API_VERSION, ObjectSpec

Json = dict[str, Any]

Ids = Mapping[str, Iterable[str]]
"""Ids by table."""

Wanted = dict[str, set[str]]
"""Ids by table, each once."""

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


# hashlib lets go of the GIL from 2,048 bytes on (HASHLIB_GIL_MINSIZE).
_HELD_BYTES: Final = 2_047


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


@dataclass(frozen=True)
class Landing:
    """Turns objects into rows; used by several threads at once.

    Attributes:
        pseudonymiser: removes personal data.
        account_id: whose objects they are.
        clock: the instant that counts as now.
        names: of persons that were erased; their e-mails are known by their HMAC only.
    """

    pseudonymiser: Pseudonymiser
    account_id: str
    clock: Callable[[], datetime]
    names: ErasedNames = NOBODY
    _quick: dict[str, QuickReader] = field(default_factory=dict)

    def quick(self, spec: ObjectSpec) -> QuickReader | None:
        """Return what reads pages of a type and cleans most of it; None if names are replaced."""
        if self.names:
            return None
        return self._quick.setdefault(spec.table, QuickReader(spec, self.pseudonymiser))

    def rows(
        self,
        spec: ObjectSpec,
        objects: Iterable[Json | Cleaned],
        origins: Mapping[str, Origin] = MappingProxyType({}),
    ) -> list[Row]:
        """Return the rows of objects as they are now.

        Args:
            spec: their type.
            objects: as Stripe gave them, or cleaned while they were read.
            origins: what led to an object, by id; the others were listed.
        """
        now = self.clock()
        return [self._row(spec, self._cleaned(spec, obj), origins, now) for obj in objects]

    def object_id(self, spec: ObjectSpec, obj: Json) -> str:
        """Return what an object goes by; of a single one without an id, its account's id."""
        return str(obj.get("id") or f"{spec.object}_{self.account_id}")

    def _row(
        self, spec: ObjectSpec, obj: Cleaned, origins: Mapping[str, Origin], now: datetime
    ) -> Row:
        origin = origins.get(obj.id, LISTED)
        return Row(
            obj.id,
            obj.text.decode(),
            _hash(obj.text),
            obj.created,
            now,
            origin.event_id,
            origin.deleted or obj.deleted,
            obj.api_version if spec.object == "event" else origin.api_version,
            self.account_id,
        )

    def _cleaned(self, spec: ObjectSpec, obj: Json | Cleaned) -> Cleaned:
        if isinstance(obj, Cleaned):
            return obj
        return Cleaned(
            self.object_id(spec, obj),
            self._text(obj),
            created_of(obj),
            obj.get("deleted") is True,
            obj.get("api_version"),
        )

    def _text(self, obj: Json) -> bytes:
        kept = self.pseudonymiser.without_keys(obj)
        text = object_text(self.names.json(kept), self.names)
        if b"@" in text:
            cleaned = self.pseudonymiser.without_emails(kept)
            text = object_text(self.names.json(cleaned), self.names)
        return text


def _hash(text: bytes) -> str:
    """Return the SHA-256 of a text, taken in pieces for which hashlib does not let go of the GIL.

    An object is hashed in microseconds; who has let go of the GIL has to wait for it while another
    thread runs Python, once for each object of a backfill.
    """
    digest = hashlib.sha256(text[:_HELD_BYTES])
    for at in range(_HELD_BYTES, len(text), _HELD_BYTES):
        digest.update(text[at : at + _HELD_BYTES])
    return digest.hexdigest()


def object_text(obj: Json, names: ErasedNames) -> bytes:
    """Return the text of a cleaned object as it is landed; less of it if it names one erased."""
    # Sorted, so that an object is the same text whichever answer it came in.
    text = orjson.dumps(obj, option=orjson.OPT_SORT_KEYS)
    if names and REPLACEMENT.search(text.decode()):
        text = orjson.dumps(stripped(obj), option=orjson.OPT_SORT_KEYS)
    if b"\\u0000" in text:
        text = orjson.dumps(without_nul(orjson.loads(text)), option=orjson.OPT_SORT_KEYS)
    return text


def without_nul(node: Any) -> Any:
    """Return JSON without NUL characters, which no text of PostgreSQL can hold."""
    if isinstance(node, str):
        return node.replace("\0", "")
    if isinstance(node, dict):
        return {without_nul(key): without_nul(value) for key, value in node.items()}
    if isinstance(node, list):
        return [without_nul(element) for element in node]
    return node


def add(ids: Wanted, more: Wanted) -> None:
    """Add ids to others, table by table."""
    for table, others in more.items():
        ids.setdefault(table, set()).update(others)


def values_at(node: Any, path: str) -> list[Any]:
    """Return what lies at a path in JSON (`a.*.b`); `*` goes through every element of a list."""
    nodes = [node]
    for key in path.split("."):
        if key == "*":
            nodes = [element for node in nodes if isinstance(node, list) for element in node]
        else:
            nodes = [node.get(key) for node in nodes if isinstance(node, dict)]
    return [node for node in nodes if node is not None]


def ids_at(node: Any, path: str) -> list[str]:
    """Return the ids of the objects at a path, whether they stand there whole or as ids."""
    found = [one.get("id") if isinstance(one, dict) else one for one in values_at(node, path)]
    return [one for one in found if isinstance(one, str)]
