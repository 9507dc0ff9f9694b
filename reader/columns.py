"""Columns of what is served, and how each behaves when days become periods.

How a kind is drawn together over a period:

* `FLOW`: something that happened; summed.
* `STATE`: something that holds at a day's end; the last day's.
* `OPENING`: a state at the period's begin; the first day's.
* `RATIO`: worked out again from other columns of the same period, never averaged.
* `DISTINCT`: a count of different things, which days can't be added up to; counted again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import Enum
from typing import Literal

ValueType = Literal["text", "integer", "decimal", "date", "boolean", "timestamp"]


_VALUE_TYPES: dict[str, ValueType] = {
    "varchar": "text",
    "text": "text",
    "character varying": "text",
    "bigint": "integer",
    "integer": "integer",
    "decimal": "decimal",
    "numeric": "decimal",
    "date": "date",
    "boolean": "boolean",
    "timestamp with time zone": "timestamp",
}


def value_type(sql_type: str) -> ValueType:
    """Return what a column of a published table is served as, whichever engine names its type."""
    return _VALUE_TYPES[sql_type.lower().partition("(")[0]]


class Kind(Enum):
    """How a column behaves over time."""

    KEY = "key"
    FLOW = "flow"
    STATE = "state"
    OPENING = "opening"
    RATIO = "ratio"
    DISTINCT = "distinct"


@dataclass(frozen=True)
class Column:
    """One served column; a `RATIO` names the columns it is worked out from."""

    name: str
    kind: Kind
    type: ValueType
    numerator: str = ""
    denominator: str = ""
    places: int = 6


@dataclass(frozen=True)
class Series:
    """Rows keyed by a period (column `time`) and, perhaps, by further columns."""

    table: str
    time: str
    columns: tuple[Column, ...]
    unit: Literal["decimal", "minor"] = "decimal"

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that, beside the period, tell rows apart."""
        return tuple(column.name for column in self.columns if column.kind is Kind.KEY)

    def keeping(self, names: Collection[str]) -> Series:
        """Return the series with the columns that a published table has."""
        return replace(self, columns=tuple(c for c in self.columns if c.name in names))
