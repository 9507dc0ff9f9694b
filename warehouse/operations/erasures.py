"""Erasures: under which neutral name an erased person's data goes on, and how far that has come.

What a person went by is kept here and nowhere else, because their data still comes from the sources
that know them: without it nothing could tell that it is theirs.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from warehouse.operations.store import OperationsStore, instant, instant_text

_COLUMNS = "erasure_id, requested_at, scrubbed_at, generation_id"


@dataclass(frozen=True)
class Erasure:
    """One erasure.

    Attributes:
        erasure_id: its id, which says nothing about the person.
        requested_at: when it was asked for.
        scrubbed_at: when the raw layer no longer named the person; None if that is still to do.
        generation_id: the first generation without the person; None before it is published.
    """

    erasure_id: str
    requested_at: datetime
    scrubbed_at: datetime | None
    generation_id: str | None


class Erasures:
    """The erasures of one warehouse, by the machine's clock."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store
        self._erasures = f"{store.schema}erasures"
        self._names = f"{store.schema}erased_names"

    def request(self, names: Iterable[str]) -> str:
        """Write down that a person is erased who goes by these names; return the erasure's id.

        A name that was erased before keeps what stands for it.
        """
        erasure_id = f"er_{secrets.token_hex(8)}"
        insert = f"insert into {self._erasures} ({_COLUMNS}) values (?, ?, null, null)"  # noqa: S608
        names_known = f"select name from {self._names}"  # noqa: S608
        with self._store.appending("erasures") as connection:
            known = {row[0] for row in connection.execute(names_known).fetchall()}
            connection.execute(insert, [erasure_id, instant_text(datetime.now(UTC))])
            for name in sorted(frozenset(names) - known):
                connection.execute(
                    f"insert into {self._names} (name, replacement, erasure_id) values (?, ?, ?)",  # noqa: S608
                    [name, _replacement(name), erasure_id],
                )
        return erasure_id

    def names(self) -> dict[str, str]:
        """Return what stands for each name that was erased."""
        with self._store.connect() as connection:
            rows = connection.execute(f"select name, replacement from {self._names}").fetchall()  # noqa: S608
        return {str(name): str(replacement) for name, replacement in rows}

    def note_scrubbed(self) -> None:
        """Note that the raw layer names none of the persons any more."""
        self._note("scrubbed_at", instant_text(datetime.now(UTC)) or "")

    def note_published(self, generation_id: str) -> None:
        """Note the first generation that was built from the scrubbed raw layer."""
        self._note("generation_id", generation_id)

    def all(self) -> list[Erasure]:
        """Return every erasure, oldest first."""
        sql = f"select {_COLUMNS} from {self._erasures} order by requested_at, erasure_id"  # noqa: S608
        with self._store.connect() as connection:
            rows = connection.execute(sql).fetchall()
        return [
            Erasure(erasure_id, datetime.fromisoformat(requested), instant(scrubbed), generation)
            for erasure_id, requested, scrubbed, generation in rows
        ]

    def are_unscrubbed(self) -> bool:
        """Return whether the raw layer may still name somebody who was erased."""
        return any(erasure.scrubbed_at is None for erasure in self.all())

    def are_unpublished(self) -> bool:
        """Return whether what dbt built may still name somebody who was erased."""
        return any(erasure.generation_id is None for erasure in self.all())

    def _note(self, column: str, value: str) -> None:
        sql = f"update {self._erasures} set {column} = ? where {column} is null"  # noqa: S608
        with self._store.connect() as connection:
            connection.execute(sql, [value])


def _replacement(name: str) -> str:
    prefix = "cus_" if name.startswith("cus_") else ""
    return f"{prefix}erased_{secrets.token_hex(12)}"
