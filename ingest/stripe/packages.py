"""A unit of work: rows and the cursor that goes with them, landed together or not at all."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from ingest.stripe.landing import Row

Rows = dict[str, list[Row]]
"""Rows by table."""

# What a kill costs at most, and what was read while it was landed (`listing`).
PACKAGE_OBJECTS: Final = 20_000
PACKAGE_TIME: Final = timedelta(seconds=10)


@dataclass(frozen=True)
class Package:
    """What is landed together.

    Attributes:
        rows: by table; of several versions of one object the last.
        state: how far the pull is once these rows are in.
    """

    rows: Rows
    state: dict[str, Any]

    @property
    def size(self) -> int:
        """How many rows it has."""
        return sum(map(len, self.rows.values()))


@dataclass
class Packer:
    """Collects rows until they make a package."""

    clock: Callable[[], float] = time.monotonic
    _new: dict[str, dict[str, Row]] = field(default_factory=dict)
    _sifted: dict[str, dict[str, Row]] = field(default_factory=dict)
    _size: int = 0
    _since: float = 0.0

    def add(self, table: str, rows: Iterable[Row]) -> None:
        """Take rows in; a later version of an object replaces an earlier one."""
        if not self._size:
            self._since = self.clock()
        new, sifted = self._new.setdefault(table, {}), self._sifted.get(table, {})
        for row in rows:
            sifted.pop(row.id, None)
            new[row.id] = row
            self._size += 1

    @property
    def is_full(self) -> bool:
        """Whether it is time to land what is held."""
        old = self.clock() - self._since >= PACKAGE_TIME.total_seconds()
        return self._size >= PACKAGE_OBJECTS or (self._size > 0 and old)

    @property
    def has_sifted(self) -> bool:
        """Whether there is anything to land."""
        return any(self._sifted.values())

    def holds(self, table: str, row_id: str) -> bool:
        """Return whether a row of a table waits here."""
        return any(row_id in rows.get(table, ()) for rows in (self._new, self._sifted))

    def waiting(self) -> Rows:
        """Return the rows that wait here, by table."""
        tables = self._sifted.keys() | self._new.keys()
        return {
            table: [*self._sifted.get(table, {}).values(), *self._new.get(table, {}).values()]
            for table in tables
        }

    def sift(self, worth: Callable[[Rows], Rows]) -> Rows:
        """Drop what need not be landed of the rows that came since the last time; return the rest.

        Args:
            worth: returns those of some rows that are to be landed.
        """
        new, self._new = self._new, {}
        found = worth({table: list(rows.values()) for table, rows in new.items() if rows})
        for table, rows in found.items():
            self._sifted.setdefault(table, {}).update((row.id, row) for row in rows)
        return {table: rows for table, rows in found.items() if rows}

    def take(self) -> Rows:
        """Return what waits here, and begin anew."""
        rows = {table: found for table, found in self.waiting().items() if found}
        self._new, self._sifted, self._size = {}, {}, 0
        return rows
