"""A reader with a handful of objects in memory, in place of Stripe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from datetime import UTC, datetime
from typing import Any, cast

from memory_store import MemoryStore

from ingest.report import Meter, Mode, PullReport
from ingest.stripe.client import GoneError, Page, StripeReader
from ingest.stripe.gaps import Gap
from ingest.stripe.landing import Row
from ingest.stripe.object_spec import ObjectSpec
from ingest.stripe.packages import Package
from ingest.stripe.source import Replication, replicate
from ingest.stripe.specs import BY_TABLE, EVENTS
from warehouse.settings import Settings

Json = dict[str, Any]
NOW = datetime(2026, 11, 22, tzinfo=UTC)
ACCOUNT = "acct_1"


class FakeReader:
    """Lists and gets what was put; remembers what was asked of it, in order."""

    answer_seconds = 0.0

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

    def newest(self, spec: ObjectSpec) -> Json | None:
        self.asked.append(("newest", spec.table))
        return next(iter(self._rows(spec, {})), None)

    def page(
        self,
        spec: ObjectSpec,
        params: Mapping[str, Any],
        after: str | None = None,
        quick: object = None,
    ) -> Page:
        if after is None:
            self.asked.append(("list", spec.table))
            self.params.append((spec.table, params))
        rows = self._rows(spec, params)
        at = 0 if after is None else 1 + [row["id"] for row in rows].index(after)
        objects = rows[at : at + 2]
        more = at + 2 < len(rows)
        return Page(objects, objects[-1]["id"] if objects else None, more=more)

    def pages(
        self, spec: ObjectSpec, params: Mapping[str, Any] | None = None
    ) -> Iterator[list[Json]]:
        page = self.page(spec, params or {})
        while page.objects:
            yield page.objects
            if not page.more:
                return
            page = self.page(spec, params or {}, page.last_id)

    def listed_under(self, spec: ObjectSpec, parent_id: str) -> list[Json]:
        self.asked.append(("children", f"{spec.table}/{parent_id}"))
        assert spec.parents is not None
        return [row for row in self._rows(spec, {}) if row[spec.parents.field] == parent_id]

    def _rows(self, spec: ObjectSpec, params: Mapping[str, Any]) -> list[Json]:
        created = params.get("created", {})
        low, high = created.get("gte", 0), created.get("lt", float("inf"))
        rows = [
            dict(obj)
            for obj in self.objects.get(spec.object, {}).values()
            if low <= obj.get("created", 0) < high and obj.get("id") not in self.unlisted
        ]
        rows.sort(key=lambda obj: int(obj.get("created", 0)), reverse=True)
        return rows

    def gets(self) -> list[str]:
        return sorted(what for how, what in self.asked if how == "get")

    def lists(self) -> list[str]:
        return [what for how, what in self.asked if how == "list"]


class Gaps:
    """Remembers gaps."""

    def __init__(self) -> None:
        self.open: list[Gap] = []
        self.closed: list[Gap] = []

    def opened(self, gap: Gap) -> None:
        if gap.since not in {one.since for one in self.open}:
            self.open.append(gap)

    def unhealed(self) -> Gap | None:
        return self.open[0] if self.open else None

    def healed(self) -> None:
        self.closed += self.open
        self.open = []


class Warehouse:
    """What one pull lands is known to the next."""

    def __init__(self, reader: FakeReader, settings: Settings) -> None:
        self.reader = reader
        self.store = MemoryStore()
        self.gaps = Gaps()
        self.settings = settings
        self.now = NOW
        self.account = ACCOUNT

    def pull(
        self, mode: Mode = "hourly", start: int = 0, tables: Set[str] = BY_TABLE.keys()
    ) -> dict[str, list[Row]]:
        """Pull once and return what was landed."""
        self.reader.asked.clear()
        self.reader.params.clear()
        self.store.packages.clear()
        began = datetime.fromtimestamp(start, UTC) if start else None
        changed = {"tillhouse_now": self.now, "stripe_account_start": began}
        settings = self.settings.model_copy(update=changed)
        reader = cast("StripeReader", self.reader)
        self.report = PullReport(mode, self.now)
        replicate(
            Replication(settings, self.store, reader, self.account, self.gaps, frozenset(tables)),
            mode,
            self.report,
            Meter("Stripe", lambda _: None),
        )
        return landed(self.store.packages)

    @property
    def anchor(self) -> Json | None:
        cursor: Json = self.store.state()["accounts"][self.account]["cursor"]
        anchor: Json | None = cursor["anchor"]
        return anchor


def landed(packages: list[Package]) -> dict[str, list[Row]]:
    """Return the rows of packages by table."""
    rows: dict[str, list[Row]] = {}
    for package in packages:
        for table, found in package.rows.items():
            rows.setdefault(table, []).extend(found)
    return rows


def events_listed_first(reader: FakeReader) -> bool:
    """Whether the event stream was asked for its newest event before anything else."""
    return reader.asked[0] == ("newest", EVENTS.table)
