"""Pages of lists whose objects mostly look alike: read, cleaned and written again without a walk.

Where it can't be done for an object, because something unknown stands in it or an address is left
in a text, the object is returned as JSON, for `Landing` to clean; what is unknown is learned from.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Final, NamedTuple

import msgspec
import orjson

from ingest.personal_data import Pseudonymiser
from ingest.stripe.object_spec import ObjectSpec
from ingest.stripe.shapes import Place, is_dropped
from ingest.stripe.structs import ABSENT, names_of, struct_of

Json = dict[str, Any]

# So many pages of each list are learned from at most: what is unknown after them is rare.
_LESSONS: Final = 100

# What a row says of its object beside its text, and what `created_of` looks at.
_HEAD: Final = ("id", "created", "date", "deleted")

# Types are in the order of their keys; this sorts metadata.
_ENCODE: Final = msgspec.json.Encoder(order="deterministic").encode


class Cleaned(NamedTuple):
    """An object without personal data.

    Attributes:
        id: its id.
        text: as it is landed.
        created: when it was created, as an epoch.
        deleted: whether it says that it is deleted.
        api_version: the version that it says it has; only events do.
    """

    id: str
    text: bytes
    created: int | None
    deleted: bool
    api_version: str | None = None


class _Page(msgspec.Struct):
    data: list[msgspec.Raw]
    has_more: bool


_PAGE: Final = msgspec.json.Decoder(_Page)


class _Known(NamedTuple):
    """A type that was learned.

    Attributes:
        decoder: reads an object.
        told: returns what stands under the keys of `_HEAD`.
        nested: of lists of which only the first rows may be there, the attribute, and theirs which
            says so.
    """

    decoder: msgspec.json.Decoder[Any]
    told: Callable[[Any], tuple[Any, ...]]
    nested: tuple[tuple[str, str | None], ...]


@dataclass
class QuickReader:
    """Reads the pages of one list; used by several threads at once.

    Attributes:
        spec: the type of its objects.
        pseudonymiser: removes personal data.
    """

    spec: ObjectSpec
    pseudonymiser: Pseudonymiser
    _seen: Place = field(default_factory=lambda: Place(""))
    _known: _Known | None = None
    _lessons_left: int = _LESSONS
    _learning: threading.Lock = field(default_factory=threading.Lock)

    def page(self, body: bytes) -> Json | None:
        """Return a page of a list with what could be cleaned as `Cleaned`; None if it is no page.

        If the last object was, it tells its id beside them.

        Args:
            body: the answer as it came.
        """
        known = self._known
        if known is None and not self._lessons_left:
            return None
        try:
            page = _PAGE.decode(body)
            unknown: list[Json] = []
            data = [self._object(raw, known, unknown) for raw in page.data]
        except (msgspec.MsgspecError, ValueError):
            return None
        if unknown:
            self._learn(unknown)
        last = data[-1] if data else None
        last_id = last.id if isinstance(last, Cleaned) else None
        return {"data": data, "has_more": page.has_more, "last_id": last_id}

    def _object(
        self, raw: msgspec.Raw, known: _Known | None, unknown: list[Json]
    ) -> Cleaned | Json:
        try:
            obj = known.decoder.decode(raw) if known else None
        except (msgspec.MsgspecError, ValueError):
            obj = None
        cleaned = self._cleaned(obj, known) if known and obj is not None else None
        if cleaned is not None:
            return cleaned
        parsed: Json = orjson.loads(memoryview(raw))
        if obj is None:
            unknown.append(parsed)
        return parsed

    def _cleaned(self, obj: Any, known: _Known) -> Cleaned | None:
        for name, more in known.nested:
            # Only the first rows may be there.
            inner = getattr(obj, name)
            if inner is msgspec.UNSET or inner is None:
                continue
            if more is None or getattr(inner, more, True) is not False:
                return None
        object_id, created, date, deleted = known.told(obj)
        text = _ENCODE(obj)
        if b"@" in text or b"\\u0000" in text or type(object_id) is not str or not object_id:
            return None
        told = date if created is msgspec.UNSET else created
        return Cleaned(object_id, text, told if isinstance(told, int) else None, deleted is True)

    def _learn(self, objects: Sequence[Json]) -> None:
        with self._learning:
            if not self._lessons_left:
                return
            self._lessons_left -= 1
            news = [self._seen.learn(obj) for obj in objects]
            if not any(news):
                return
            seen = self._seen
            if seen.is_open or any(map(self._is_hidden, _HEAD)):
                self._known, self._lessons_left = None, 0
            else:
                self._known = self._type()

    def _is_hidden(self, key: str) -> bool:
        """Return whether what a row says can't be told from a cleaned object."""
        part = self._seen.fields.get(key)
        return is_dropped(self._seen.kind, key) or (part is not None and part.is_open)

    def _type(self) -> _Known:
        seen = self._seen
        names = names_of(seen.fields)
        nested = []
        for listed in self.spec.nested:
            if listed.field in names:
                inner = seen.fields[listed.field]
                nested.append((names[listed.field], names_of(inner.fields).get("has_more")))
        return _Known(
            msgspec.json.Decoder(struct_of(seen, self.pseudonymiser)),
            attrgetter(*(names.get(key, ABSENT) for key in _HEAD)),
            tuple(nested),
        )
