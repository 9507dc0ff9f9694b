"""Comparing the rows of two tables that ought to be the same, in whatever order they come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = tuple[Any, ...]
Tables = Mapping[str, Sequence[Row]]

_SHOWN = 3


def unequal_tables(left: Tables, right: Tables) -> list[str]:
    """Say which tables differ, with some of the rows that only one side has.

    Values are compared with their types: a float is no decimal, and no local time is an instant.
    """
    found = [f"{name} is on one side only" for name in sorted(left.keys() ^ right.keys())]
    for name in sorted(left.keys() & right.keys()):
        ours, theirs = Counter(map(_typed, left[name])), Counter(map(_typed, right[name]))
        for side, rows in (("left", ours - theirs), ("right", theirs - ours)):
            if rows:
                found.append(f"{name}: {rows.total()} rows only {side}: {_some(rows)}")
    return found


def _typed(row: Row) -> Row:
    return tuple((type(value).__name__, value) for value in row)


def _some(rows: Iterable[Row]) -> str:
    shown = sorted(([value for _, value in row] for row in rows), key=repr)[:_SHOWN]
    return "; ".join(map(repr, shown))
