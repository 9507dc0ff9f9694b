"""List parameters that choose rows: what they are and how they compare."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any


class Match(Enum):
    """How a filter compares its parameter with the object's field."""

    EQUAL = "equal"
    ANY_OF = "any_of"
    PATTERN = "pattern"
    """Equal, or a ``*`` wildcard such as ``invoice.*``."""
    MIN_IN_RANGE = "min_in_range"
    MAX_IN_RANGE = "max_in_range"
    ABSENT = "absent"
    """``true`` asks for objects whose field is null or 0."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One list parameter.

    Args:
        name: the parameter as sent, brackets included: ``recurring[interval]``.
        path: the object's field, dots passing through arrays; the name when empty.
        match: how they compare.
        choices: the only values Stripe takes, in the order of its message; empty for any.
        names: the type whose id the value must be, else 400 ``resource_missing``.
        widened: parameter values that stand for several field values.
        unset: the field values left out when the parameter is not given.
        at_most: how many values an array parameter may have.
        automatic: a payout that is named must be an automatic one, else 400.
    """

    name: str
    path: str = ""
    match: Match = Match.EQUAL
    choices: tuple[str, ...] = ()
    names: str = ""
    widened: tuple[tuple[str, tuple[str, ...]], ...] = ()
    unset: tuple[str, ...] = ()
    at_most: int = 0
    automatic: bool = False

    @property
    def field_path(self) -> str:
        """The field the filter reads."""
        return self.path or self.name


def read_path(obj: Any, path: str) -> tuple[str, ...]:
    """Return the values at a dotted path as text: ids for held objects, nothing for null."""
    found: list[Any] = [obj]
    for step in path.split("."):
        below: list[Any] = []
        for value in found:
            inner = value.get(step) if isinstance(value, dict) else None
            if isinstance(inner, list):
                below.extend(inner)
            elif inner is not None:
                below.append(inner)
        found = below
    return tuple(_as_text(value) for value in found)


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return str(value.get("id", ""))
    return str(value)


def accepts(one: Filter, wanted: tuple[str, ...], values: tuple[str, ...]) -> bool:
    """Return whether an object with these field values passes a filter.

    Args:
        one: the filter.
        wanted: what the request asks for; the field values a widened parameter stands for.
        values: the object's.
    """
    if one.match is Match.ABSENT:
        absent = all(value in ("", "0") for value in values)
        return absent is (wanted[0] == "true")
    if one.match is Match.PATTERN:
        return any(_fits(wanted[0], value) for value in values)
    return any(value in wanted for value in values)


def _fits(pattern: str, value: str) -> bool:
    """Compare with a wildcard that stands for the rest of the name."""
    return value.startswith(pattern[:-1]) if pattern.endswith("*") else value == pattern


@dataclass(frozen=True, slots=True)
class Interval:
    """Whole seconds from ``first`` on and before ``end``, either open."""

    first: int | None = None
    end: int | None = None

    def holds(self, second: int) -> bool:
        """Return whether a moment is inside."""
        after = self.first is None or second >= self.first
        return after and (self.end is None or second < self.end)

    def narrowed(self, bound: str, second: int) -> Interval:
        """Return the part of it that also satisfies ``gt``, ``gte``, ``lt``, ``lte`` or ``is``."""
        first, end = {
            "gt": (second + 1, None),
            "gte": (second, None),
            "lt": (None, second),
            "lte": (None, second + 1),
            "is": (second, second + 1),
        }[bound]
        firsts = [one for one in (self.first, first) if one is not None]
        ends = [one for one in (self.end, end) if one is not None]
        return Interval(max(firsts, default=None), min(ends, default=None))
