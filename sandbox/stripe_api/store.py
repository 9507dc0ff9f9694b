"""Everything the sandbox's Stripe account knows: objects, tombstones and events.

Objects are kept as JSON text, frozen at the moment they were put. A later change to the caller's
dict can therefore never leak into a list, and an event keeps the state it was created with.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import orjson

from sandbox.stripe_api.render import Json, render
from sandbox.stripe_api.resources import HELD_IN, HOLDS, facets_of
from sandbox.stripe_api.table import Row, Table
from sandbox.stripe_api.versions import PINNED_VERSION, downgrade

EVENT_RETENTION_SECONDS: Final = 30 * 24 * 3600
"""Stripe keeps events for 30 days; then they are neither listed nor retrievable."""

_ID_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

Instant = datetime | int
"""A moment: an aware datetime, or whole seconds since 1970 as in Stripe's own fields."""


def to_epoch(at: Instant) -> int:
    """Return whole seconds since 1970.

    Raises:
        ValueError: for a datetime without a zone.
    """
    if isinstance(at, int):
        return at
    if at.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return int(at.timestamp())


class ObjectStore:
    """The account's objects by type and id, in Stripe's order, and the events of the last 30 days.

    Args:
        now: the virtual clock, an aware UTC datetime whenever called. It is pickled with the store:
            give a bound method or a module's function, not a lambda.

    Objects carry everything the pinned version knows: nested lists whole under their key,
    expand-only fields as full values; the server cuts, hides and expands. Lists that the account's
    other objects make up (``charge.refunds``, ``invoice.payments``, ``customer.subscriptions``) may
    be left out. Keys that begin with ``_`` are private and never served: ``_unlisted: True`` keeps
    an object out of lists (prices made by ``price_data``), ``_payout`` names the payout that a
    balance transaction went with.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.lock = threading.RLock()
        self._tables: dict[str, Table] = {}
        self._tombstones: dict[tuple[str, str], Json] = {}
        self._owners: dict[str, str] = {}
        self._aged_out: set[str] = set()
        self._puts = 0

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.lock = threading.RLock()

    # -- writing -----------------------------------------------------------------------------------

    def put(self, obj: Json) -> None:
        """Create an object, or replace its earlier version (same ``object`` and ``id``).

        An object without an id (``balance``) is the only one of its type. Its place in lists comes
        from ``created`` and its first put, and never changes.
        """
        kind: str = obj["object"]
        object_id: str = obj.get("id", kind)
        with self.lock:
            table = self._tables.setdefault(kind, Table())
            old = table.rows.get(object_id)
            self._puts += 1
            table.add(
                object_id,
                Row(
                    entry=old.entry if old else (_created(obj), self._puts, object_id),
                    body=orjson.dumps(obj),
                    facets=facets_of(obj),
                    test_clock=_id_of(obj.get("test_clock")),
                    listed=not obj.get("_unlisted", False),
                ),
            )
            self._tombstones.pop((kind, object_id), None)
            for row in obj[HOLDS[kind]]["data"] if kind in HOLDS else ():
                self._owners[row["id"]] = object_id

    def delete(self, kind: str, object_id: str, at: Instant) -> None:
        """Remove an object: a customer leaves its tombstone, anything else is 404 from then on.

        Args:
            kind: the ``object`` value, such as ``customer`` or ``coupon``.
            object_id: the object's id.
            at: the moment of the deletion, kept privately with the tombstone.

        Raises:
            KeyError: if there is no such object.
        """
        with self.lock:
            self._tables[kind].remove(object_id)
            self._tombstones[kind, object_id] = {
                "id": object_id,
                "object": kind,
                "deleted": True,
                "_deleted_at": to_epoch(at),
            }

    def emit(  # noqa: PLR0913 - an event has this many independent properties
        self,
        event_type: str,
        obj: Json,
        at: Instant,
        previous_attributes: Json | None = None,
        api_version: str = PINNED_VERSION,
        *,
        lag_seconds: int = 0,
        delivered: bool = True,
        request_id: str | None = None,
    ) -> str:
        """Record what happened to an object, as Stripe renders it at that moment and for ever.

        Args:
            event_type: such as ``invoice.paid``.
            obj: the object after the change, as for :meth:`put`; snapshotted here.
            at: the moment of the event.
            previous_attributes: earlier values, whole, of the top-level fields that may have
                changed, for ``*.updated`` types; the event names what readers can see differ.
            api_version: the version of the payload, whatever a reader asks for later.
            lag_seconds: how much later than ``at`` readers can see it.
            delivered: whether all webhooks took it (the ``delivery_success`` filter).
            request_id: the API request that caused it; None for Stripe's own doing.

        Returns:
            The id of the event; ids are not in the order of time, as Stripe's are not.
        """
        created = to_epoch(at)
        with self.lock:
            event_id = self._event_id(event_type, obj, created)
            if created < self.oldest_event():
                self._aged_out.add(event_id)
                return event_id
            event = {
                "id": event_id,
                "object": "event",
                "api_version": api_version,
                "created": created,
                "data": self._event_data(obj, previous_attributes, api_version),
                "livemode": obj.get("livemode", False),
                "pending_webhooks": 0 if delivered else 1,
                "request": {"id": request_id, "idempotency_key": None},
                "type": event_type,
            }
            self._add_event(event, visible_at=created + lag_seconds)
        return event_id

    def _event_data(self, obj: Json, previous: Json | None, api_version: str) -> Json:
        shown = self._shown(obj, api_version)
        if previous is None:
            return {"object": shown}
        before = self._shown({**obj, **previous}, api_version)
        return {"object": shown, "previous_attributes": _changed(before, shown)}

    def _shown(self, obj: Json, api_version: str) -> Json:
        """Return a copy of an object as a version shows it, nothing expanded."""
        return downgrade(render(orjson.loads(orjson.dumps(obj)), {}, self), api_version, self)

    def _add_event(self, event: Json, visible_at: int) -> None:
        self._puts += 1
        row = Row(
            entry=(event["created"], self._puts, event["id"]),
            body=orjson.dumps(event),
            facets=facets_of(event),
            visible_at=visible_at,
        )
        self._tables.setdefault("event", Table()).add(event["id"], row)

    def forget_old_events(self) -> None:
        """Drop the events that have aged out; only their ids are remembered."""
        with self.lock:
            events = self._tables.get("event")
            if events is not None:
                self._aged_out.update(events.drop_before(self.oldest_event()))

    def _event_id(self, event_type: str, obj: Json, created: int) -> str:
        events = self.table("event").rows
        twin = 0
        while True:
            name = f"{event_type}\0{obj.get('id')}\0{created}\0{twin}"
            number = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=18).digest())
            letters = []
            for _ in range(24):
                number, digit = divmod(number, len(_ID_ALPHABET))
                letters.append(_ID_ALPHABET[digit])
            event_id = "evt_" + "".join(letters)
            if event_id not in events and event_id not in self._aged_out:
                return event_id
            twin += 1

    # -- reading -----------------------------------------------------------------------------------

    def oldest_event(self) -> int:
        """Return the first second whose events are still kept."""
        return int(self.now().timestamp()) - EVENT_RETENTION_SECONDS

    def table(self, kind: str) -> Table:
        """Return a type's table; an empty one if nothing of that type was put."""
        return self._tables.get(kind) or Table()

    def get(self, kind: str, object_id: str) -> Json | None:
        """Return a copy of an object, the tombstone of a deleted customer, or None."""
        if kind in HELD_IN:
            return self._get_inside(*HELD_IN[kind], object_id)
        row = self.table(kind).rows.get(object_id)
        if row is not None:
            return row.load()
        tombstone = self._tombstones.get((kind, object_id)) if kind == "customer" else None
        return dict(tombstone) if tombstone else None

    def _get_inside(self, parent_kind: str, name: str, object_id: str) -> Json | None:
        parent = self.get(parent_kind, self._owners.get(object_id, ""))
        rows: list[Json] = parent[name]["data"] if parent else []
        return next((row for row in rows if row["id"] == object_id), None)

    def related(self, kind: str, name: str, value: str) -> list[Json]:
        """Return the objects of a type whose filter ``name`` has a value, newest first."""
        table = self.table(kind)
        ids = table.index.get(name, {}).get(value, ())
        rows = sorted((table.rows[one] for one in ids), key=lambda row: row.entry, reverse=True)
        return [row.load() for row in rows]

    def was_event(self, event_id: str) -> bool:
        """Return whether an id is that of an event no longer kept."""
        return event_id in self._aged_out


def _created(obj: Json) -> int:
    """Return when an object was created, which invoice items call their date."""
    created: int = obj["created"] if "created" in obj else obj.get("date", 0)
    return created


def _changed(before: Json, after: Json) -> Json:
    """Return the earlier values of what differs: changed keys of hashes, but arrays whole."""
    changed: Json = {}
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if isinstance(old, dict) and isinstance(new, dict):
            inner = _changed(old, new)
            if inner:
                changed[name] = inner
        elif old != new:
            changed[name] = old
    return changed


def _id_of(value: Any) -> str | None:
    found: str | None = value.get("id") if isinstance(value, dict) else value
    return found
