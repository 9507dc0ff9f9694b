"""What objects of one type look like, learned from those that were seen.

At each place of an object stands a scalar, a list, or an object whose keys are known. What personal
data leaves there depends on keys alone, so an object in which nothing unknown stands can be cleaned
without looking for personal keys at every depth.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, Literal

from ingest.personal_data import ADDRESS_KEYS, OF_ADDRESSES, rule_of

Form = Literal["object", "address", "metadata"]

# More than that are no fields but ids or currencies, of which each object has others.
_MOST_FIELDS: Final = 200
_DEEPEST: Final = 12
_PLAIN_KEY: Final = re.compile(r"[A-Za-z0-9_]+")


def is_dropped(kind: str, key: str) -> bool:
    """Return whether a key is dropped in objects of a type, whatever stands there."""
    rule = rule_of(kind)
    return key in rule.dropped or (rule.listed is not None and key not in rule.listed)


class Place:
    """What was seen at one place.

    Attributes:
        kind: the type of the object that it is in, or is if it says so itself.
        form: how an object that stands here is cleaned; None if none was seen.
        fields: what was seen under its keys; nothing under those that are dropped.
        required: keys that it must have to be cleaned in this way.
        says_kind: whether it has a type of its own.
        is_empty: whether one without any keys was seen.
        element: what was seen in a list.
        is_open: whether anything else may stand here, so that keys must be looked for.
    """

    def __init__(self, kind: str, key: str | None = None, depth: int = 0) -> None:
        self.kind = kind
        self.form: Form | None = None
        self.fields: dict[str, Place] = {}
        self.required: frozenset[str] = frozenset()
        self.says_kind = False
        self.is_empty = False
        self.element: Place | None = None
        self.is_open = depth > _DEEPEST
        self._owner = kind
        self._key = key
        self._depth = depth

    def learn(self, value: Any) -> bool:
        """Take in what stands here in one object; return whether it was new.

        Args:
            value: JSON as it was parsed.
        """
        if self.is_open or not isinstance(value, dict | list):
            return False
        if isinstance(value, dict):
            return self._learn_object(value) if value else self._learn_empty()
        is_new = self.element is None
        self.element = self.element or Place(self._owner, self._key, self._depth + 1)
        for part in value:
            is_new |= self.element.learn(part)
        if self.element.is_open or self.element.form == "metadata":
            return self._opened()
        return is_new

    def _learn_empty(self) -> bool:
        is_new = not self.is_empty
        self.is_empty = True
        if self._key == "metadata" and self.form is None:
            self.form = "metadata"
        return is_new

    def _learn_object(self, obj: Mapping[str, Any]) -> bool:
        before = self.form
        form = self._form_of(obj)
        if before not in {None, form}:
            return self._opened()
        self.form = form
        if form == "metadata":
            simple = not any(isinstance(value, dict | list) for value in obj.values())
            return before is None if simple else self._opened()
        if not all(map(_PLAIN_KEY.fullmatch, obj)):
            return self._opened()
        is_new = self._learn_address(obj) if form == "address" else self._learn_fields(obj)
        return self._opened() if len(self.fields) > _MOST_FIELDS else is_new

    def _form_of(self, obj: Mapping[str, Any]) -> Form:
        if self._key is None:
            return "object"
        if self._key == "metadata":
            return "metadata"
        is_address = self._key in ADDRESS_KEYS or not OF_ADDRESSES.isdisjoint(obj)
        return "address" if is_address else "object"

    def _learn_address(self, obj: Mapping[str, Any]) -> bool:
        if isinstance(obj.get("country"), dict | list):
            return self._opened()
        is_first = not self.fields
        before = self.required
        if self._key not in ADDRESS_KEYS:
            present = OF_ADDRESSES & obj.keys()
            self.required = present if is_first else before & present
            if not self.required:
                return self._opened()
        return self._add(obj) or self.required != before

    def _learn_fields(self, obj: Mapping[str, Any]) -> bool:
        kind = obj.get("object")
        is_first = not self.fields
        if is_first and isinstance(kind, str):
            self.kind, self.says_kind = kind, True
        if ("object" in obj) != self.says_kind or (self.says_kind and kind != self.kind):
            return self._opened()
        if self.kind == "event":
            # Its payload is cleaned as what it is about.
            return self._opened()
        is_new = self._add(obj)
        for key, part in obj.items():
            if not is_dropped(self.kind, key):
                is_new |= self.fields[key].learn(part)
        return is_new

    def _add(self, obj: Mapping[str, Any]) -> bool:
        unknown = obj.keys() - self.fields.keys()
        self.fields.update({key: Place(self.kind, key, self._depth + 1) for key in unknown})
        return bool(unknown)

    def _opened(self) -> bool:
        self.is_open = True
        self.fields.clear()
        self.element = None
        return True
