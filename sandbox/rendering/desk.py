"""The desk on which Stripe objects are changed, stored, and their events written.

Everything that changes at one instant is one version of an object: events of the instant are
written when it is over, with the state the object then has and, for ``*.updated``, with what was
different before. Objects are never changed in place; each version is a new dict that shares what
did not change.
"""

from datetime import datetime, timedelta
from typing import Any

from sandbox.stripe_api import PINNED_VERSION, ObjectStore
from sandbox.stripe_api.store import EVENT_RETENTION_SECONDS

Json = dict[str, Any]
_Key = tuple[str, str]

#: Some integrations of the account still run under an older version: their customers' events
#: have its shape. One customer in ``_OLD_EVERY``.
OLD_VERSION = "2025-02-24.acacia"
_OLD_EVERY = 6
_MARGIN = timedelta(seconds=EVENT_RETENTION_SECONDS) + timedelta(days=10)

#: What Stripe names the events of a type of object.
_EVENT_PREFIX = {
    "subscription": "customer.subscription",
    "dispute": "charge.dispute",
    "discount": "customer.discount",
}

#: Types for which Stripe has no ``updated`` event, though their objects do change.
_WITHOUT_UPDATES = {
    "checkout.session",
    "invoice_payment",
    "invoiceitem",
    "payment_intent",
    "review",
    "setup_intent",
}


def epoch(moment: datetime) -> int:
    """Whole seconds since 1970, as Stripe writes instants."""
    return int(moment.timestamp())


class Desk:
    """Working copies over an :class:`ObjectStore`."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._copies: dict[_Key, Json] = {}
        self._unsaved: dict[_Key, None] = {}
        self._before: dict[_Key, Json] = {}
        self._queue: list[tuple[str, _Key]] = []
        self._instant: datetime | None = None

    def at(self, instant: datetime) -> None:
        """Move on to an instant; the events of the one before are written."""
        if self._instant is not None and instant != self._instant:
            self.settle()
        self._instant = instant

    def get(self, kind: str, object_id: str) -> Json:
        """Return the newest version of an object, to be read only.

        Raises:
            KeyError: if there is none.
        """
        key = (kind, object_id)
        found = self._copies.get(key) or self._store.get(kind, object_id)
        if found is None:
            raise KeyError(f"no {kind} {object_id}")
        self._copies[key] = found
        return found

    def create(self, obj: Json, *events: str) -> None:
        """Put a new object, with ``<type>.created`` unless other events are named."""
        key = (obj["object"], obj["id"])
        self._save(key, obj)
        for event in events or (f"{_prefix(obj['object'])}.created",):
            self._queue.append((event, key))

    def put(self, obj: Json) -> None:
        """Put an object of a type that has no events."""
        kind: str = obj["object"]
        self._save((kind, obj.get("id", kind)), obj)

    def change(self, kind: str, object_id: str, *events: str, **fields: Any) -> Json:
        """Change fields; at the end of the instant ``<type>.updated`` and these events follow."""
        key = (kind, object_id)
        old = self.get(kind, object_id)
        fresh = any(queued == key and ".created" in event for event, queued in self._queue)
        if not fresh and key not in self._before:
            self._before[key] = old
            self._queue.append((f"{_prefix(kind)}.updated", key))
        self._save(key, {**old, **fields})
        for event in events:
            self._queue.append((event, key))
        return self._copies[key]

    def announce(self, kind: str, object_id: str, event: str) -> None:
        """Queue an event about an object that did not change itself."""
        self.get(kind, object_id)
        self._queue.append((event, (kind, object_id)))

    def quietly(self, kind: str, object_id: str, **fields: Any) -> None:
        """Change fields without an event."""
        self._save((kind, object_id), {**self.get(kind, object_id), **fields})

    def delete(self, kind: str, object_id: str, event: str) -> None:
        """Delete an object, with its event."""
        if self._instant is None:
            raise RuntimeError("nothing can be deleted before the first instant")
        self.settle()
        self.flush()
        gone = self.get(kind, object_id)
        self._emit(event, gone, None)
        self._store.delete(kind, object_id, self._instant)
        del self._copies[kind, object_id]

    def settle(self) -> None:
        """Write the events of the instant."""
        queue, before = self._queue, self._before
        self._queue, self._before = [], {}
        if not queue or not self._recent():
            return
        self.flush()
        ended = {key for event, key in queue if event == "customer.subscription.deleted"}
        for event, key in queue:
            obj = self._copies[key]
            if key in ended and event.endswith(".updated"):
                continue
            previous = None
            if event.endswith(".updated"):
                old = before[key]
                previous = {k: v for k, v in old.items() if obj.get(k) != v}
                if not previous or not _has_updates(key[0]):
                    continue
            self._emit(event, obj, previous)

    def flush(self) -> None:
        """Save everything that was changed."""
        for key in self._unsaved:
            self._store.put(self._copies[key])
        self._unsaved = {}

    def clear(self) -> None:
        """Settle, save, and put the working copies away."""
        self.settle()
        self.flush()
        self._copies = {}
        self._store.forget_old_events()

    def _save(self, key: _Key, obj: Json) -> None:
        self._copies[key] = obj
        self._unsaved[key] = None

    def _recent(self) -> bool:
        return self._instant is not None and self._instant > self._store.now() - _MARGIN

    def _emit(self, event: str, obj: Json, previous: Json | None) -> None:
        if self._instant is None or not self._recent():
            return
        owner = obj["id"] if obj["object"] == "customer" else obj.get("customer")
        old = bool(owner) and sum(map(ord, str(owner))) % _OLD_EVERY == 0
        self._store.emit(
            event, obj, self._instant, previous, OLD_VERSION if old else PINNED_VERSION
        )


def _prefix(kind: str) -> str:
    return _EVENT_PREFIX.get(kind, kind)


def _has_updates(kind: str) -> bool:
    """Whether Stripe has an ``updated`` event for the type."""
    return kind not in _WITHOUT_UPDATES
