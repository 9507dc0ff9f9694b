"""Objects of one type in Stripe's order, with an index per filter."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

import orjson

from sandbox.stripe_api.render import Json

Entry = tuple[int, int, str]
"""(created, insertion number, id): sorted, it is Stripe's order, oldest first."""


@dataclass(frozen=True, slots=True)
class Row:
    """One stored object: its place in Stripe's order, its JSON, and what lists may look at."""

    entry: Entry
    body: bytes
    facets: dict[str, tuple[str, ...]]
    test_clock: str | None = None
    visible_at: int = 0
    listed: bool = True

    def load(self) -> Json:
        """Return a fresh copy of the object, private keys (``_…``) included."""
        loaded: Json = orjson.loads(self.body)
        return loaded


@dataclass
class Table:
    """All objects of one type in Stripe's order, with an index per filter."""

    rows: dict[str, Row] = field(default_factory=dict)
    index: dict[str, dict[str, dict[str, None]]] = field(default_factory=dict)
    _order: list[Entry] = field(default_factory=list)
    _sorted: bool = True

    def order(self) -> list[Entry]:
        """Return every entry, oldest first; not to be changed."""
        if not self._sorted:
            self._order.sort()
            self._sorted = True
        return self._order

    def add(self, object_id: str, row: Row) -> None:
        """Insert a row, or replace it in its place."""
        old = self.rows.get(object_id)
        self.rows[object_id] = row
        if old is None:
            if self._order and row.entry < self._order[-1]:
                self._sorted = False
            self._order.append(row.entry)
        elif old.facets != row.facets:
            self._unindex(object_id, old)
        else:
            return
        for name, values in row.facets.items():
            for value in values:
                self.index.setdefault(name, {}).setdefault(value, {})[object_id] = None

    def remove(self, object_id: str) -> None:
        """Take a row out.

        Raises:
            KeyError: if there is none.
        """
        row = self.rows.pop(object_id)
        order = self.order()
        del order[bisect_left(order, row.entry)]
        self._unindex(object_id, row)

    def drop_before(self, created: int) -> list[str]:
        """Take out all rows older than a moment, and return their ids."""
        order = self.order()
        old = [entry[2] for entry in order[: bisect_left(order, (created, 0, ""))]]
        del order[: len(old)]
        for object_id in old:
            self._unindex(object_id, self.rows.pop(object_id))
        return old

    def _unindex(self, object_id: str, row: Row) -> None:
        for name, values in row.facets.items():
            for value in values:
                self.index[name][value].pop(object_id, None)
