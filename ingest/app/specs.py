"""The application tables that are read: one row each. Users with another schema edit this table."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal

ColumnType = Literal["text", "bigint", "double", "timestamp"]


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: its name in the application.
        type: what it is in the warehouse; timestamps are UTC there and here.
        pseudonymised: it holds an e-mail address, of which only the HMAC is landed.
    """

    name: str
    type: ColumnType
    pseudonymised: bool = False

    def __post_init__(self) -> None:
        """Reject what can't be hashed."""
        if self.pseudonymised and self.type != "text":
            raise ValueError(f"{self.name}: only text can be pseudonymised")

    @property
    def landed_name(self) -> str:
        """Its name in the warehouse: snake case, an e-mail's followed by `_hash`."""
        return snake_case(self.name) + ("_hash" if self.pseudonymised else "")


@dataclass(frozen=True)
class TableSpec:
    """One table and its rows' way into `raw_app`.

    Every night all rows are read, so that late, deleted and silently changed ones are found.

    Attributes:
        name: the table's name in the application.
        columns: what is read. A column that is not listed here never leaves the application.
        excluded: columns that hold personal data and must never be listed above.
        key: the column that identifies a row for ever.
        cursor: a timestamp that only grows, by which an hourly pull finds new rows; None: it reads
            the whole table, because rows change without one and there are few.
        overlap: how long before the newest row seen an hourly pull begins.
        never_empty: an empty table means the wrong database, not that everything was deleted.
    """

    name: str
    columns: tuple[Column, ...]
    key: str = "id"
    cursor: str | None = None
    overlap: timedelta = timedelta(0)
    excluded: frozenset[str] = frozenset()
    never_empty: bool = False

    def __post_init__(self) -> None:
        """Reject a spec that can't work."""
        types = {column.name: column.type for column in self.columns}
        if len(types) != len(self.columns):
            raise ValueError(f"{self.name}: a column is listed twice")
        if self.key not in types:
            raise ValueError(f"{self.name}: the key {self.key} is not among the columns")
        if self.cursor is not None and types.get(self.cursor) != "timestamp":
            raise ValueError(f"{self.name}: the cursor {self.cursor} is no timestamp column")
        if self.cursor is not None and self.overlap <= timedelta(0):
            raise ValueError(f"{self.name}: a cursor without overlap loses rows that commit late")
        if listed := self.excluded & types.keys():
            raise ValueError(f"{self.name}: {', '.join(sorted(listed))} is excluded and listed")

    @property
    def table(self) -> str:
        """Its name in the warehouse."""
        return snake_case(self.name)

    def renamed(
        self, values: tuple[Any, ...], rename: Callable[[str, str], str]
    ) -> tuple[Any, ...]:
        """Return a row in which erased persons have other names.

        Args:
            values: the row, as it is landed.
            rename: what stands for a text under a key, which is `userId` for users' ids.
        """
        keys = (
            "userId" if self.name == "User" and c.name == self.key else c.name for c in self.columns
        )
        return tuple(
            rename(key, value) if isinstance(value, str) else value
            for key, value in zip(keys, values, strict=True)
        )


def snake_case(name: str) -> str:
    """Return a camelCase name in snake case; runs of capitals are one word (`costUSD`)."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


# Rows are stamped by the application and commit a little later.
_COMMITTED_LATE: Final = timedelta(minutes=10)
# Providers and job queues report days late; the nightly pull finds what is later still.
_REPORTED_LATE: Final = timedelta(days=7)

TABLES: Final = (
    TableSpec(
        name="User",
        columns=(
            Column("id", "text"),
            Column("email", "text", pseudonymised=True),
            Column("role", "text"),
            Column("stripeCustomerId", "text"),
            Column("lastLoginAt", "timestamp"),
            Column("createdAt", "timestamp"),
            Column("updatedAt", "timestamp"),
        ),
        cursor="updatedAt",
        overlap=_COMMITTED_LATE,
        excluded=frozenset({"name"}),
        never_empty=True,
    ),
    TableSpec(
        name="Video",
        columns=(
            Column("id", "text"),
            Column("userId", "text"),
            Column("provider", "text"),
            Column("status", "text"),
            Column("creditsUsed", "bigint"),
            Column("createdAt", "timestamp"),
            Column("completedAt", "timestamp"),
            Column("updatedAt", "timestamp"),
        ),
        cursor="updatedAt",
        overlap=_COMMITTED_LATE,
    ),
    TableSpec(
        name="ApiUsageLog",
        columns=(
            Column("id", "text"),
            Column("videoId", "text"),
            Column("provider", "text"),
            Column("credits", "bigint"),
            Column("costUSD", "double"),
            Column("timestamp", "timestamp"),
        ),
        cursor="timestamp",
        overlap=_REPORTED_LATE,
    ),
    TableSpec(
        name="CreditTransaction",
        columns=(
            Column("id", "text"),
            Column("userId", "text"),
            Column("type", "text"),
            Column("amount", "bigint"),
            Column("videoId", "text"),
            Column("stripePaymentIntentId", "text"),
            Column("expiresAt", "timestamp"),
            Column("createdAt", "timestamp"),
        ),
        cursor="createdAt",
        overlap=_REPORTED_LATE,
    ),
    TableSpec(
        # Resolved long after it was raised, with nothing to tell: read whole.
        name="SystemAlert",
        columns=(
            Column("id", "text"),
            Column("type", "text"),
            Column("severity", "text"),
            Column("message", "text"),
            Column("createdAt", "timestamp"),
            Column("resolvedAt", "timestamp"),
        ),
    ),
    TableSpec(
        name="Notification",
        columns=(
            Column("id", "text"),
            Column("userId", "text"),
            Column("type", "text"),
            Column("createdAt", "timestamp"),
            Column("readAt", "timestamp"),
        ),
        cursor="createdAt",
        overlap=_REPORTED_LATE,
    ),
)
