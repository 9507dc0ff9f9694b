"""Types that read objects of a known shape without personal data, as fast as JSON can be parsed.

A type knows each key that may stand in an object, so anything unknown is an error, and the object
is cleaned by looking at every key instead. What it reads it writes as `orjson` would: keys sorted,
and no number that the two write in different ways.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

import orjson
from msgspec import UNSET, Meta, Raw, Struct, UnsetType, defstruct

from ingest.personal_data import EMAIL_KEYS, Pseudonymiser, names_a_person
from ingest.stripe.shapes import Place, is_dropped

# Larger ones are read, or written, in another way by `orjson`.
_INTEGER: Final = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
_NUMBER: Final = Annotated[float, Meta(gt=-1e16, lt=1e16)]
_SCALAR: Any = None | bool | _INTEGER | _NUMBER | str


ABSENT: Final = "absent"
"""An attribute of every type that never has a value."""


def names_of(keys: Mapping[str, Any]) -> dict[str, str]:
    """Return what the attributes of a type are called, by key, in the order of its text."""
    return {key: f"f{number}" for number, key in enumerate(sorted(keys))}


def struct_of(place: Place, pseudonymiser: Pseudonymiser) -> type[Struct]:
    """Return the type of the objects that may stand at a place.

    Args:
        place: what was seen there; not open, and an object or an address.
        pseudonymiser: removes personal data.
    """
    names = names_of(place.fields)
    cleaning = _Cleaning(pseudonymiser, {"object": place.kind} if place.kind else {})
    fields: list[tuple[str, Any, Any] | tuple[str, Any]] = []
    for key, name in names.items():
        found = _field_of(place, key, name, cleaning)
        if key in place.required:
            fields.append((name, found | UnsetType))
        elif key == "object" and place.says_kind and place.form == "object":
            fields.append((name, found))
        else:
            fields.append((name, found | UnsetType, UNSET))
    after = cleaning.function()
    return defstruct(
        "Known",
        fields,
        rename={name: key for key, name in names.items()},
        namespace={ABSENT: UNSET, **({"__post_init__": after} if after else {})},
        forbid_unknown_fields=True,
        kw_only=True,
        gc=False,
    )


def _field_of(place: Place, key: str, name: str, cleaning: _Cleaning) -> Any:
    """Return what may stand under a key of a place; note what is done to it."""
    is_address = place.form == "address"
    if key != "country" if is_address else is_dropped(place.kind, key):
        cleaning.dropped.append(name)
        return Raw
    if key == "object" and place.says_kind:
        return Literal[place.kind]
    part = place.fields[key]
    if not is_address:
        cleaning.note(key, name, part)
    return _type_of(part, cleaning.pseudonymiser)


def _type_of(place: Place, pseudonymiser: Pseudonymiser) -> Any:
    if place.is_open:
        return Raw
    found: Any = _SCALAR
    if place.form == "metadata":
        found = found | dict[str, _SCALAR]
    elif place.form is not None or place.is_empty:
        found = found | struct_of(place, pseudonymiser)
    if place.element is not None:
        found = found | list[_type_of(place.element, pseudonymiser)]  # type: ignore[misc]
    return found


@dataclass
class _Cleaning:
    """What is done to an object once it is read."""

    pseudonymiser: Pseudonymiser
    about: dict[str, str]

    def __post_init__(self) -> None:
        self.dropped: list[str] = []
        self.emails: list[str] = []
        self.metadata: list[str] = []
        self.open: list[tuple[str, str]] = []

    def note(self, key: str, name: str, part: Place) -> None:
        """Take in a field that stays."""
        if part.is_open:
            self.open.append((name, key))
        elif key in EMAIL_KEYS:
            self.emails.append(name)
        elif part.form == "metadata":
            self.metadata.append(name)

    def function(self) -> Callable[[Any], None] | None:
        """Return it as a function of the object; None if nothing is to be done."""
        dropped = tuple(self.dropped)

        def drop(obj: Any) -> None:
            for name in dropped:
                setattr(obj, name, UNSET)

        if self.metadata or self.emails or self.open:
            return self._more(drop)
        return drop if dropped else None

    def _more(self, drop: Callable[[Any], None]) -> Callable[[Any], None]:
        metadata, emails, opened = tuple(self.metadata), tuple(self.emails), tuple(self.open)
        email_hash = self.pseudonymiser.email_hash

        def clean(obj: Any) -> None:
            drop(obj)
            for name in metadata:
                if (value := getattr(obj, name)) and type(value) is dict:
                    setattr(obj, name, _without_persons(value))
            for name in emails:
                if type(value := getattr(obj, name)) is str and "@" in value:
                    setattr(obj, name, email_hash(value))
            for name, key in opened:
                if (value := getattr(obj, name)) is not UNSET:
                    setattr(obj, name, self._cleaned(key, value))

        return clean

    def _cleaned(self, key: str, part: Raw) -> Raw:
        """Return what may be anything, cleaned as part of an object like this one."""
        parsed = orjson.loads(memoryview(part))
        cleaned = self.pseudonymiser.without_keys({**self.about, key: parsed})[key]
        return Raw(orjson.dumps(cleaned, option=orjson.OPT_SORT_KEYS))


def _without_persons(metadata: dict[str, Any]) -> dict[str, Any]:
    dropped = [key for key in metadata if names_a_person(key)]
    for key in dropped:
        del metadata[key]
    return metadata
