"""What the event stream says has changed, and from where to read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from ingest.stripe.landing import Origin
from ingest.stripe.specs import API_VERSION, BY_OBJECT, ENDED_NOT_GONE, EVENTS, TOUCHES, ObjectSpec

Json = dict[str, Any]

# Events become visible late and out of order: the stream is read again from this long before.
OVERLAP: Final = timedelta(minutes=10)

# Stripe keeps events for 30 days. After so long without a pull some may be gone unread.
LONGEST_ABSENCE: Final = timedelta(days=28)


@dataclass(frozen=True)
class Anchor:
    """The newest event that was visible when a pull began."""

    id: str
    created: int

    @classmethod
    def of(cls, event: Json) -> Anchor:
        """Return an event's place in the stream."""
        return cls(event["id"], event["created"])

    @property
    def overlap_start(self) -> int:
        """The epoch from which the stream is read again."""
        return max(0, self.created - int(OVERLAP.total_seconds()))


@dataclass(frozen=True)
class Cursor:
    """How far the last pull came, as the pipeline's state keeps it.

    Attributes:
        anchor: where the next tail begins; None if the account had no event yet.
        pulled_at: when the last pull that wrote anything began.
    """

    anchor: Anchor | None
    pulled_at: datetime

    @classmethod
    def load(cls, state: Mapping[str, Any]) -> Cursor | None:
        """Return the saved cursor, None before the first pull."""
        if "pulled_at" not in state:
            return None
        anchor = Anchor(**state["anchor"]) if state.get("anchor") else None
        return cls(anchor, datetime.fromisoformat(state["pulled_at"]))

    def saved(self) -> dict[str, Any]:
        """Return the cursor as the state keeps it."""
        anchor = self.anchor and {"id": self.anchor.id, "created": self.anchor.created}
        return {"anchor": anchor, "pulled_at": self.pulled_at.isoformat()}


@dataclass
class Changes:
    """The objects that events touched, each with its newest event.

    Attributes:
        live: by table and id, what led to it; to be read again.
        gone: by table and id, the last payload of a deleted object and what led to it.
    """

    live: dict[str, dict[str, Origin]] = field(default_factory=dict)
    gone: dict[str, dict[str, tuple[Json, Origin]]] = field(default_factory=dict)

    def add(self, events: Iterable[Json]) -> None:
        """Take in events, newest first: of several on one object the first decides."""
        for event in events:
            self._add_event(event, event.get("data", {}).get("object") or {})

    def _add_event(self, event: Json, payload: Json) -> None:
        kind = payload.get("object", "")
        for name, table in TOUCHES.get(kind, ()):
            if isinstance(payload.get(name), str):
                self._touch(table, payload[name], event)
        spec = BY_OBJECT.get(kind)
        # `invoice.upcoming` is about an invoice that does not exist yet: it has no id.
        if spec is None or spec is EVENTS or not (payload.get("id") or spec.singleton):
            return
        if event["type"].endswith(".deleted") and kind not in ENDED_NOT_GONE:
            self._bury(spec, payload, event)
        else:
            self._touch(spec.table, payload.get("id", spec.object), event)

    def _touch(self, table: str, object_id: str, event: Json) -> None:
        if object_id not in self.gone.get(table, {}):
            origin = Origin(event["id"], api_version=API_VERSION)
            self.live.setdefault(table, {}).setdefault(object_id, origin)

    def _bury(self, spec: ObjectSpec, payload: Json, event: Json) -> None:
        if payload["id"] not in self.live.get(spec.table, {}):
            origin = Origin(event["id"], deleted=True, api_version=event.get("api_version"))
            self.gone.setdefault(spec.table, {}).setdefault(payload["id"], (payload, origin))
