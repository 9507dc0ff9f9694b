"""A replica of one account: what the product's own engine has landed, and how it is looked into."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from fake_stripe import Gaps
from memory_store import MemoryStore
from stripe_line import Line

from ingest.raw import RawLayer
from ingest.report import Meter, Mode, PullReport
from ingest.stripe.source import Replication, replicate
from ingest.stripe.specs import BY_TABLE


class Version(NamedTuple):
    """One landed row."""

    table: str
    id: str
    hash: str
    deleted: bool
    object: str

    @property
    def revision(self) -> int | None:
        """How often the business had changed the object; None where it does not say."""
        found: dict[str, Any] = orjson.loads(self.object).get("metadata") or {}
        return int(found["rev"]) if "rev" in found else None


def versions_query(layer: RawLayer) -> str:
    """Return the query of every row that counts, in the order in which rows replace each other."""
    parts = (
        f"select '{table}' as tbl, id, hash, deleted, object, observed_at, _dlt_load_id "
        f"from {layer.complete(table)}"
        for table in sorted(layer.tables() & BY_TABLE.keys())
    )
    return (
        f"select tbl, id, hash, deleted, object from ({' union all '.join(parts)}) as versions "
        "order by observed_at, _dlt_load_id"
    )


@dataclass
class Image:
    """What is landed.

    Attributes:
        history: every row that counts.
    """

    history: list[Version]

    @classmethod
    def of(cls, rows: Iterable[tuple[Any, ...]]) -> Image:
        return cls([Version(*row) for row in rows])

    def __post_init__(self) -> None:
        self.newest = {(row.table, row.id): row for row in self.history}
        self.seen_alive = {(row.table, row.id) for row in self.history if not row.deleted}

    def live(self) -> dict[tuple[str, str], Version]:
        return {key: row for key, row in self.newest.items() if not row.deleted}

    def deleted(self) -> set[tuple[str, str]]:
        return {key for key, row in self.newest.items() if row.deleted}

    def ids(self, table: str) -> set[str]:
        return {row_id for name, row_id in self.newest if name == table}


@dataclass
class Replica:
    """A raw layer in memory and the account that it replicates; every pull is a new process.

    Attributes:
        line: how the account is reached.
        account_id: which it is.
        make_store: makes the raw layer.
    """

    line: Line
    account_id: str
    make_store: Callable[[], MemoryStore] = MemoryStore
    gaps: Gaps = field(default_factory=Gaps)

    def __post_init__(self) -> None:
        self.store = self.make_store()

    def pull(self, mode: Mode, now: datetime, left_out: Set[str] = frozenset()) -> PullReport:
        """Pull once, but for tables that the key may not read.

        Raises:
            SourceError: Stripe does not answer, or forbids something.
            KilledError: the process was killed.
        """
        settings = self.line.settings.model_copy(update={"tillhouse_now": now})
        report = PullReport(mode, now)
        reader = self.line.reader(self.account_id)
        tables = frozenset(BY_TABLE.keys() - left_out)
        to = Replication(settings, self.store, reader, self.account_id, self.gaps, tables)
        replicate(to, mode, report, Meter("Stripe", lambda _: None))
        return report

    def image(self) -> Image:
        with self.store.raw() as layer:
            if not layer.tables():
                return Image([])
            return Image.of(layer.connection.execute(versions_query(layer)).fetchall())
