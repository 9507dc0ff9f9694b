"""A reader with a handful of objects in memory, in place of Stripe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, cast

from ingest.personal_data import Pseudonymiser
from ingest.stripe.changes import Anchor
from ingest.stripe.client import GoneError, StripeReader
from ingest.stripe.extraction import Extraction
from ingest.stripe.landing import Landing, Row
from ingest.stripe.specs import EVENTS, ObjectSpec

Json = dict[str, Any]
NOW = datetime(2026, 11, 22, tzinfo=UTC)


class FakeReader:
    """Lists and gets what was put; remembers what was asked of it, in order."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Json]] = {
            "account": {"acct_1": {"id": "acct_1", "object": "account"}},
            "balance": {"balance": {"object": "balance", "available": []}},
        }
        self.unlisted: set[str] = set()
        self.asked: list[tuple[str, str]] = []
        self.params: list[tuple[str, Mapping[str, Any]]] = []

    def put(self, kind: str, object_id: str, **fields: Any) -> Json:
        obj = {"id": object_id, "object": kind, "created": 1_000, **fields}
        self.objects.setdefault(kind, {})[object_id] = obj
        return obj

    def emit(self, event_type: str, payload: Json, created: int, **fields: Any) -> str:
        event_id = f"evt_{len(self.objects.get('event', {}))}"
        data = {"object": dict(payload)}
        self.put("event", event_id, created=created, type=event_type, data=data, **fields)
        return event_id

    def drop(self, kind: str, object_id: str) -> None:
        del self.objects[kind][object_id]

    def get(self, spec: ObjectSpec, object_id: str) -> Json:
        self.asked.append(("get", f"{spec.table}/{object_id}"))
        found = self.objects.get(spec.object, {})
        if spec.singleton:
            return dict(next(iter(found.values())))
        if object_id not in found:
            raise GoneError(object_id)
        return dict(found[object_id])

    def pages(
        self, spec: ObjectSpec, params: Mapping[str, Any] | None = None
    ) -> Iterator[list[Json]]:
        self.asked.append(("list", spec.table))
        self.params.append((spec.table, params or {}))
        earliest = (params or {}).get("created", {}).get("gte", 0)
        rows = [
            dict(obj)
            for obj in self.objects.get(spec.object, {}).values()
            if obj["created"] >= earliest and obj["id"] not in self.unlisted
        ]
        rows.sort(key=lambda obj: int(obj["created"]), reverse=True)
        for at in range(0, len(rows), 2):
            yield rows[at : at + 2]

    def gets(self) -> list[str]:
        return sorted(what for how, what in self.asked if how == "get")

    def lists(self) -> list[str]:
        return [what for how, what in self.asked if how == "list"]


class Warehouse:
    """What one pull lands is known to the next."""

    def __init__(self, reader: FakeReader) -> None:
        self.reader = reader
        self.landing = self._landing()
        self.anchor: Anchor | None = None

    def pull(self, *, whole: bool, start: int = 0) -> dict[str, list[Row]]:
        self.reader.asked.clear()
        self.reader.params.clear()
        known = self.landing.known
        self.landing = self._landing()
        self.landing.known = known
        reader = cast("StripeReader", self.reader)
        anchor = None if whole else self.anchor
        extraction = Extraction(reader, self.landing, anchor=anchor, whole=whole, start=start)
        landed: dict[str, list[Row]] = {}
        for batch in extraction.batches():
            landed.setdefault(batch.spec.table, []).extend(batch.rows)
        self.anchor = extraction.newest
        return {table: rows for table, rows in landed.items() if rows}

    @staticmethod
    def _landing() -> Landing:
        return Landing({}, Pseudonymiser(b"key"), lambda: NOW)


def events_listed_first(reader: FakeReader) -> bool:
    """Whether the event stream was asked before any other list."""
    return reader.lists()[0] == EVENTS.table
