"""A replica of one account: what the product's own engine has landed, and how it is looked into."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol

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
    """Return the query of an account's rows that count, in the order of replacing."""
    parts = (
        f"select '{table}' as tbl, id, hash, deleted, object, observed_at, _dlt_load_id "
        f"from {layer.complete(table)} where account_id = ?"
        for table in BY_TABLE
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


class Hooks(Protocol):
    """What is called when rows are in and do not count yet, and when they do."""

    before_commit: Callable[[], None]
    after_commit: Callable[[], None]


class Replica(Protocol):
    """What was replicated of an account, wherever it is kept; every pull is a new process."""

    @property
    def hooks(self) -> Hooks:
        """Return what is called around every commit."""

    def pull(self, mode: Mode, now: datetime, left_out: Set[str] = frozenset()) -> PullReport:
        """Pull once, but for tables that are left out.

        Raises:
            SourceError: Stripe does not answer, or forbids something.
            KilledError: the process was killed.
        """

    def image(self) -> Image:
        """Return what is landed."""

    def ever_landed(self) -> set[Version]:
        """Return every row that was ever seen to be landed."""

    def gaps(self) -> tuple[int, int]:
        """Return how many gaps there are open, and were closed."""


@dataclass
class MemoryReplica:
    """A replica in memory.

    Attributes:
        line: how the account is reached.
        account_id: which it is.
        hooks: the raw layer.
    """

    line: Line
    account_id: str
    hooks: MemoryStore = field(default_factory=MemoryStore)
    noticed: Gaps = field(default_factory=Gaps)

    def pull(self, mode: Mode, now: datetime, left_out: Set[str] = frozenset()) -> PullReport:
        settings = self.line.settings.model_copy(update={"tillhouse_now": now})
        report = PullReport(mode, now)
        reader = self.line.reader(self.account_id)
        tables = frozenset(BY_TABLE.keys() - left_out)
        to = Replication(settings, self.hooks, reader, self.account_id, self.noticed, tables)
        replicate(to, mode, report, Meter("Stripe", lambda _: None))
        return report

    def image(self) -> Image:
        return Image.of(self.hooks.versions(self.account_id))

    def ever_landed(self) -> set[Version]:
        return {
            Version(table, row.id, row.hash, row.deleted, row.object)
            for package in self.hooks.packages
            for table, rows in package.rows.items()
            for row in rows
        }

    def gaps(self) -> tuple[int, int]:
        return len(self.noticed.open), len(self.noticed.closed)
