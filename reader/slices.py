"""The objects of a figure by what they belong to: a plan, a provider, a country, a currency.

None of it is stored with the objects: `dim_object_slices` says where each type of object finds its
value, which is looked up for those that were asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from reader.questions import QuestionError
from warehouse.generations import PinnedConnection

#: The slice of objects that have no value.
UNALLOCATED = "unallocated"
_PLACES = "dim_object_slices"
_NAMED = 12
_QUOTE = "'"


@dataclass(frozen=True)
class Place:
    """Where the value of a type of object stands, a row of `dim_object_slices`."""

    dimension: str
    object_type: str
    table_name: str
    key_column: str
    value_column: str
    is_of_customer: bool
    is_dated: bool

    def select(self, connection: PinnedConnection, day: date) -> str:
        """Return the query for the values of all objects of the type, of one day if they change."""
        value, source = f"f.{self.value_column}", f"{connection.table(self.table_name)} as f"
        if self.is_of_customer:
            source += f" left join {connection.table('dim_customers')} as k"
            source += f" on {value} = k.customer_key"
            value = "k.country"
        if self.is_dated:
            source += f" where f.valid_from <= date '{day}'"
            source += f" and (f.valid_to is null or f.valid_to > date '{day}')"
        return (
            f"select distinct '{self.object_type}' as object_type,"  # noqa: S608  names of ours
            f" f.{self.key_column} as object_id, {value} as value from {source}"
        )


class ObjectSlices:
    """The slices of what a query for `object_type`, `object_id` and `amount` gives.

    Args:
        connection: to the generation that says it.
        objects: the query.
        day: the day whose values count where they change with time.
    """

    def __init__(self, connection: PinnedConnection, objects: str, day: date) -> None:
        self._connection = connection
        self._objects = objects
        self._day = day

    def query(self, metric: str, dimension: str, value: str) -> str:
        """Return the query for the objects of one slice; of a figure of nothing, for none.

        Raises:
            QuestionError: not all objects have that dimension, or none has that value.
        """
        places = self._places()
        known = self._dimensions(places)
        if dimension not in known:
            there = ", ".join(f"{name}=…" for name in known) or "total only"
            raise QuestionError(
                f"{metric} has no slice {dimension}={value}: its slices are {there}", "slice"
            )
        values = " union all ".join(
            place.select(self._connection, self._day)
            for place in places
            if place.dimension == dimension
        )
        split = (
            f"select o.*, coalesce(v.value, '{UNALLOCATED}') as slice"  # noqa: S608
            f" from ({self._objects}) as o left join ({values}) as v"
            " on o.object_type = v.object_type and o.object_id = v.object_id"
        )
        values_there = self._values(split)
        names = self._plans() if dimension == "plan" else {}
        found = _meant(value, values_there, names)
        if values_there and not found:
            called = dict.fromkeys(names.get(key, key) for key in values_there)
            there = ", ".join(f"{dimension}={name}" for name in list(called)[:_NAMED])
            raise QuestionError(
                f"{metric} has no slice {dimension}={value} then: there are {there}", "slice"
            )
        listed = ", ".join(f"'{name.replace(_QUOTE, _QUOTE * 2)}'" for name in found or [value])
        return (
            f"select s.object_type, s.object_id, s.amount from ({split}) as s"  # noqa: S608
            f" where s.slice in ({listed})"
        )

    def shown(self, query: str) -> str:
        """Return a query as an analyst writes it, with the tables of the schema `marts`."""
        for name in sorted(self._connection.generation.tables, key=len, reverse=True):
            query = query.replace(self._connection.table(name), f"marts.{name}")
        return query

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql).fetchall()

    def _places(self) -> list[Place]:
        """Return where values stand; nowhere in a generation of an older release."""
        if _PLACES not in self._connection.generation.tables:
            return []
        columns = ", ".join(Place.__annotations__)
        found = self._rows(f"select {columns} from {self._connection.table(_PLACES)}")  # noqa: S608
        return [Place(*row) for row in found]

    def _dimensions(self, places: Iterable[Place]) -> list[str]:
        """Return the dimensions that every object has."""
        types = {
            str(row[0])
            for row in self._rows(f"select distinct object_type from ({self._objects}) as o")  # noqa: S608
        }
        has: dict[str, set[str]] = {}
        for place in places:
            has.setdefault(place.dimension, set()).add(place.object_type)
        return sorted(name for name, of_types in has.items() if of_types >= types)

    def _values(self, split: str) -> list[str]:
        rows = self._rows(
            f"select slice from ({split}) as s group by slice order by sum(amount) desc, slice"  # noqa: S608
        )
        return [str(row[0]) for row in rows]

    def _plans(self) -> dict[str, str]:
        """Return what each plan is called."""
        plans = self._rows(
            f"select plan_key, name from {self._connection.table('dim_plans')}"  # noqa: S608
        )
        return {str(key): str(name) for key, name in plans if name}


def _meant(value: str, values: list[str], names: dict[str, str]) -> list[str]:
    """Return which of the values are meant: itself, or those of that name."""
    if value in values:
        return [value]
    wanted = value.casefold()
    return [key for key in values if names.get(key, "").casefold() == wanted]
