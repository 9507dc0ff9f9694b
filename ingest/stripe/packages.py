"""A unit of work: rows and the cursor that goes with them, landed together or not at all."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from ingest.stripe.landing import Row

# What a kill costs at most.
PACKAGE_OBJECTS: Final = 20_000
PACKAGE_TIME: Final = timedelta(seconds=10)


@dataclass(frozen=True)
class Package:
    """What is landed together.

    Attributes:
        rows: by table; of several versions of one object the last.
        state: how far the pull is once these rows are in.
    """

    rows: dict[str, list[Row]]
    state: dict[str, Any]

    @property
    def size(self) -> int:
        """How many rows it has."""
        return sum(map(len, self.rows.values()))


@dataclass
class Packer:
    """Collects rows until they make a package."""

    clock: Callable[[], float] = time.monotonic
    _rows: dict[str, dict[str, Row]] = field(default_factory=dict)
    _size: int = 0
    _since: float = 0.0

    def add(self, table: str, rows: Iterable[Row]) -> None:
        """Take rows in; a later version of an object replaces an earlier one."""
        if not self._size:
            self._since = self.clock()
        held = self._rows.setdefault(table, {})
        for row in rows:
            held[row.id] = row
            self._size += 1

    @property
    def is_full(self) -> bool:
        """Whether it is time to land what is held."""
        old = self.clock() - self._since >= PACKAGE_TIME.total_seconds()
        return self._size >= PACKAGE_OBJECTS or (self._size > 0 and old)

    def held(self, table: str) -> dict[str, Row]:
        """Return the rows of a table that wait here, by id."""
        return self._rows.get(table, {})

    def take(self) -> dict[str, list[Row]]:
        """Return what is held, and begin anew."""
        rows = {table: list(by_id.values()) for table, by_id in self._rows.items() if by_id}
        self._rows, self._size = {}, 0
        return rows
