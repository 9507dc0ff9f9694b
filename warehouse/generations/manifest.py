"""What is known of a published generation without opening it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

# What the columns of published tables mean to readers; raised when one is renamed or dropped.
SCHEMA_VERSION = 1

# The schedule's hour and as much again for a slow or repeated run.
EXPECTED_EVERY = timedelta(hours=2)


@dataclass(frozen=True)
class Column:
    """A column of a published table."""

    name: str
    type: str
    description: str


@dataclass(frozen=True)
class Table:
    """A published table; `hash` is of its rows in any order, and of one engine."""

    rows: int
    columns: Mapping[str, Column]
    description: str
    hash: str


@dataclass(frozen=True)
class MartTable:
    """A table to publish: its name, what it is, and what each column is."""

    name: str
    description: str
    columns: Mapping[str, str]


@dataclass(frozen=True)
class Publication:
    """What a run wants published, apart from the rows themselves.

    `sources` says for each source up to which instant everything in it is loaded, `inputs` which
    version of each input the tables were built from: what differs later is new since.
    """

    mode: str
    run_id: str
    fingerprint: str
    tables: tuple[MartTable, ...]
    sources: Mapping[str, datetime]
    checks: Mapping[str, int]
    inputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def as_of(self) -> datetime:
        """The instant up to which every source is loaded."""
        return min(self.sources.values())


@dataclass(frozen=True)
class Generation:
    """The manifest of one generation."""

    id: str
    as_of: datetime
    published_at: datetime
    expected_by: datetime
    schema_version: int
    mode: str
    run_id: str
    fingerprint: str
    checks: Mapping[str, int]
    sources: Mapping[str, Mapping[str, datetime]]
    tables: Mapping[str, Table]
    location: str
    sha256: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return the manifest's text."""
        document = asdict(self)
        for name, table in self.tables.items():
            document["tables"][name]["columns"] = [asdict(c) for c in table.columns.values()]
        return json.dumps(document, default=_plain, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Generation:
        """Read a manifest back; what a newer version added is left out."""
        given: dict[str, Any] = json.loads(text)
        known = {name: given[name] for name in cls.__dataclass_fields__ if name in given}
        for name in ("as_of", "published_at", "expected_by"):
            known[name] = datetime.fromisoformat(known[name])
        known["sources"] = {
            name: {"synced_through": datetime.fromisoformat(source["synced_through"])}
            for name, source in given["sources"].items()
        }
        known["tables"] = {name: _table(table) for name, table in given["tables"].items()}
        return cls(**known)

    def located(self, location: str, sha256: str = "") -> Generation:
        """Return the same generation with the place it came to lie in."""
        return replace(self, location=location, sha256=sha256)


def describe(
    publication: Publication, sequence: int, now: datetime, tables: Mapping[str, Table]
) -> Generation:
    """Return the manifest of a generation about to be published.

    Args:
        publication: what the run wants published.
        sequence: one more than the newest generation's; it orders generations, clocks may not.
        now: the instant of publication.
        tables: the tables as they were built.
    """
    return Generation(
        id=f"{sequence:06d}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        as_of=publication.as_of,
        published_at=now,
        expected_by=now + EXPECTED_EVERY,
        schema_version=SCHEMA_VERSION,
        mode=publication.mode,
        run_id=publication.run_id,
        fingerprint=publication.fingerprint,
        checks=publication.checks,
        sources={name: {"synced_through": at} for name, at in publication.sources.items()},
        tables=tables,
        location="",
        inputs=publication.inputs,
    )


def sequence_of(generation_id: str) -> int:
    """Return the number that a generation's id begins with."""
    return int(generation_id.partition("-")[0])


def _table(given: Mapping[str, Any]) -> Table:
    columns = {column["name"]: Column(**column) for column in given["columns"]}
    return Table(given["rows"], columns, given["description"], given["hash"])


def instant_text(instant: datetime) -> str:
    """Return an instant as ISO text in UTC, ending in Z."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return instant_text(value)
    raise TypeError(f"{type(value).__name__} has no place in a manifest")
