"""One Stripe account that a random business writes to: its objects, its events, and the truth."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sandbox.stripe_api import PINNED_VERSION, ObjectStore

Json = dict[str, Any]
Key = tuple[str, str]
"""The `object` of an object, and its id."""

BEGAN: Final = datetime(2026, 3, 1, tzinfo=UTC)
LONGEST_LAG_SECONDS: Final = 540
# Most events are visible at once; some come late, at the edge of what the overlap is there for.
_LAGS: Final = (0, 0, 0, 0, 0, 1, 7, 60, 300, LONGEST_LAG_SECONDS)
_VERSIONS: Final = (*[PINNED_VERSION] * 6, "2026-02-25.clover", "2025-02-24.acacia", "2024-06-20")


@dataclass
class Clock:
    """A clock that goes on only when told to."""

    at: datetime = BEGAN

    def now(self) -> datetime:
        return self.at

    @property
    def epoch(self) -> int:
        return int(self.at.timestamp())

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Told:
    """An event: when it happened, when readers can first see it, and what it says is gone."""

    created: int
    visible_at: int
    gone: Key | None


@dataclass
class Account:
    """Writes to an object store as Stripe does, and remembers what nobody can ask Stripe for.

    Attributes:
        account_id: whose objects they are.
        rng: of every choice.
        clock: the virtual time.
        store: the objects.
        told: every event that ever was, by id.
        gone: what has been deleted and has not come back.
        silent: what has changed without an event and outside of any window that is read again:
            only the nightly refresh can know.
        diary: what was done, for who has to find out why something was lost.
    """

    account_id: str
    rng: random.Random
    clock: Clock = field(default_factory=Clock)
    told: dict[str, Told] = field(default_factory=dict)
    gone: set[Key] = field(default_factory=set)
    silent: set[Key] = field(default_factory=set)
    diary: list[str] = field(default_factory=list)
    _made: int = 0
    _revision: int = 0

    def __post_init__(self) -> None:
        self.store = ObjectStore(self.clock.now)
        self.store.put({"id": self.account_id, "object": "account", "created": self.clock.epoch})
        self.store.put({"object": "balance", "available": [], "pending": []})

    @contextmanager
    def chosen_by(self, rng: random.Random) -> Iterator[None]:
        """Act at once and by other choices: in the middle of a pull, whenever that is."""
        with self.store.lock:
            before, self.rng = self.rng, rng
            try:
                yield
            finally:
                self.rng = before

    # -- what there is -----------------------------------------------------------------------------

    def ids(self, kind: str) -> list[str]:
        """Return the ids of a type, the oldest first."""
        return list(self.store.table(kind).rows)

    def some(self, kind: str, **having: Any) -> Json | None:
        """Return any object of a type with these values."""
        found = [self.get(kind, one) for one in self.ids(kind)]
        fitting = [one for one in found if all(one.get(k) == v for k, v in having.items())]
        return self.rng.choice(fitting) if fitting else None

    def get(self, kind: str, object_id: str) -> Json:
        found = self.store.get(kind, object_id)
        assert found is not None, (kind, object_id)
        return found

    def new_id(self, prefix: str) -> str:
        """Return an id; ids are not in the order of time."""
        self._made += 1
        return f"{prefix}_{self._made * 7919 % 100_003:06d}"

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    # -- what happens ------------------------------------------------------------------------------

    def create(self, kind: str, object_id: str, told: str | None = None, **fields: Any) -> Json:
        """Make an object, and tell of it where a type of event is given."""
        made = {
            "id": object_id,
            "object": kind,
            # Invoice items call it their date.
            "date" if kind == "invoiceitem" else "created": self.clock.epoch,
            "livemode": False,
            "metadata": self._revised(),
            **fields,
        }
        self._note(f"create {object_id}", told)
        self.store.put(made)
        self.gone.discard((kind, object_id))
        if told:
            self.tell(told, made)
        return made

    def change(self, obj: Json, told: str | None = None, **fields: Any) -> Json:
        """Change an object to other values."""
        after = {**obj, **fields, "metadata": self._revised()}
        self._note(f"change {obj['id']}", told)
        self.store.put(after)
        if told:
            before = {name: obj.get(name) for name in (*fields, "metadata")}
            self.tell(told, after, before if told.endswith("updated") else None)
        return after

    def remove(self, obj: Json, told: str | None) -> None:
        """Delete an object; without an event only the nightly refresh can notice."""
        key = (obj["object"], obj["id"])
        self._note(f"remove {obj['id']}", told)
        self.store.delete(*key, self.clock.epoch)
        self.gone.add(key)
        if told:
            self.tell(told, obj, gone=key)
        else:
            self.silent.add(key)

    def tell(
        self, told: str, obj: Json, previous: Json | None = None, gone: Key | None = None
    ) -> None:
        """Emit an event, sometimes late and sometimes in the shape of an older version."""
        lag, version = self.rng.choice(_LAGS), self.rng.choice(_VERSIONS)
        at = self.clock.epoch
        event_id = self.store.emit(told, obj, at, previous, version, lag_seconds=lag)
        self._note(f"  tell {obj.get('id')}", f"{told} {event_id} {lag} s late in {version}")
        self.told[event_id] = Told(at, at + lag, gone)

    def _revised(self) -> Json:
        """Return metadata that tell which of all versions of anything was first."""
        self._revision += 1
        return {"rev": str(self._revision)}

    def _note(self, done: str, told: str | None) -> None:
        self.diary.append(f"{self.clock.at:%m-%d %H:%M:%S} {done} ({told or 'nothing tells'})")

    def visible(self) -> set[str]:
        """Return the events that a reader can see now."""
        now, oldest = self.clock.epoch, self.store.oldest_event()
        return {
            event_id
            for event_id, told in self.told.items()
            if told.created >= oldest and told.visible_at <= now
        }
