"""What the event stream says has changed, and from where to read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from ingest.stripe.landing import Origin
from ingest.stripe.object_spec import ObjectSpec
from ingest.stripe.specs import (
    API_VERSION,
    BY_OBJECT,
    CHANGES_WITH_OTHERS,
    ENDED_NOT_GONE,
    EVENTS,
    TOUCHES,
)

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

    def saved(self) -> dict[str, Any]:
        """Return the anchor as the state keeps it."""
        return {"id": self.id, "created": self.created}

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
        anchor = self.anchor.saved() if self.anchor else None
        return {"anchor": anchor, "pulled_at": self.pulled_at.isoformat()}


@dataclass(frozen=True)
class Change:
    """The newest event on one object.

    Attributes:
        event: the event.
        alone: no other event on the object is of the same second, so there is no doubt.
        previous: earlier values that it and older events on the object tell of.
    """

    event: Json
    alone: bool = True
    previous: tuple[Json, ...] = ()

    @property
    def origin(self) -> Origin:
        """What a row says led to it when the object is read again."""
        return Origin(self.event["id"], api_version=API_VERSION)

    @property
    def payload(self) -> Json:
        """The object as it was then, in the version of its day."""
        return _payload(self.event)

    @property
    def told_gone(self) -> bool:
        """Whether the event says that the object is no more."""
        kind = self.payload.get("object", "")
        return self.event["type"].endswith(".deleted") and kind not in ENDED_NOT_GONE


@dataclass
class Changes:
    """The objects that events touched, each with its newest event.

    Attributes:
        events: how many there were.
        by_table: by table and id, the newest event on it.
    """

    events: int = 0
    by_table: dict[str, dict[str, Change]] = field(default_factory=dict)

    def add(self, events: Iterable[Json]) -> None:
        """Take in events in any order."""
        for event in events:
            self.events += 1
            self._add_event(event, _payload(event))

    def of(self, table: str) -> Mapping[str, Change]:
        """Return the changes of a table, by id."""
        return self.by_table.get(table, {})

    def _add_event(self, event: Json, payload: Json) -> None:
        kind = payload.get("object", "")
        for name, table in TOUCHES.get(kind, ()):
            if isinstance(payload.get(name), str):
                self._touch(table, payload[name], event, about_another=True)
        spec = BY_OBJECT.get(kind)
        # `invoice.upcoming` is about an invoice that does not exist yet: it has no id.
        if spec is None or spec is EVENTS or not (payload.get("id") or spec.singleton):
            return
        self._touch(spec.table, payload.get("id", spec.object), event)

    def _touch(
        self, table: str, object_id: str, event: Json, *, about_another: bool = False
    ) -> None:
        changes = self.by_table.setdefault(table, {})
        before = changes.get(object_id)
        told = event["data"].get("previous_attributes")
        previous: tuple[Json, ...] = (told,) if told and not about_another else ()
        if before is None:
            changes[object_id] = Change(event, not about_another, previous)
            return
        previous += before.previous
        if before.event["created"] < event["created"]:
            changes[object_id] = Change(event, not about_another, previous)
        else:
            alone = before.alone and before.event["created"] != event["created"]
            changes[object_id] = Change(before.event, alone, previous)


def usable_payload(spec: ObjectSpec, change: Change, after: int) -> Json | None:
    """Return an event's payload if it is what the API would answer now, else None.

    That is so if it is of the pinned version, whole, needs nothing expanded, and nothing can say
    otherwise: no event is of the same second, all older ones have been read, and such an object
    changes with no other (an invoice takes items in, and only its own event tells).

    Args:
        spec: the object's type.
        change: the newest event on it.
        after: `created` of the newest event that was read before.
    """
    event, payload = change.event, change.payload
    alone = spec.table not in CHANGES_WITH_OTHERS
    plain = alone and not (spec.expand or spec.window or spec.singleton or spec.parents)
    sure = change.alone and event["created"] > after and event.get("api_version") == API_VERSION
    if not (plain and sure) or change.told_gone or payload.get("object") != spec.object:
        return None
    lists = (payload.get(nested.field) for nested in spec.nested)
    return None if any(one and one.get("has_more") for one in lists) else payload


def _payload(event: Json) -> Json:
    return event.get("data", {}).get("object") or {}
