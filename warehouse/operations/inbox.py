"""The inbox of Stripe's webhooks: that an event happened, hardly ever what is in it.

Rows are only ever added, each event once. A row is a hint that a refresh will find something; the
refresh itself reads Stripe's own list of events, so nothing is wrong if rows are lost or forged.
Of a payment its amount and currency are kept as well: they are shown as provisional until then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from warehouse.engines import Connection
from warehouse.operations.store import OperationsStore, instant, instant_text

_COLUMNS = "position, event_id, account, type, api_version, created_at, livemode, received_at"

# SQLite takes at most 32,766 parameters in a statement.
_ROWS_PER_STATEMENT = 1_000


@dataclass(frozen=True)
class Payment:
    """A payment that succeeded, in minor units of its currency (lower case ISO code)."""

    currency: str
    amount_minor: int


@dataclass(frozen=True)
class Delivery:
    """What is kept of a delivered event.

    Attributes:
        event_id: Stripe's id of the event.
        account: the connected account it happened in; None for the account's own.
        type: such as `invoice.paid`.
        api_version: the version its payload was written in, if it has one.
        created: when it happened, aware.
        livemode: whether it is about real money.
        received_at: when the delivery arrived, by this machine's clock, aware.
        payment: what was paid, if that is what happened.
    """

    event_id: str
    account: str | None
    type: str
    api_version: str | None
    created: datetime
    livemode: bool
    received_at: datetime
    payment: Payment | None = None


@dataclass(frozen=True)
class PaymentSum:
    """What was paid in one currency, in its minor units."""

    currency: str
    count: int
    amount_minor: int


@dataclass(frozen=True)
class InboxSummary:
    """How many events arrived lately, and when the newest of all did."""

    received: int
    newest_at: datetime | None


class Inbox:
    """The inbox of one warehouse; its times are the machine's clock, never a simulated one."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store
        self._table = f"{store.schema}inbox"
        self._payments = f"{store.schema}inbox_payments"

    def add(self, deliveries: Sequence[Delivery]) -> None:
        """Add what is not there yet, all in one commit: the disk is waited for once.

        Raises:
            SourceError: PostgreSQL can't be reached.
            SettingsError: the home can't be written.
        """
        with self._store.appending("inbox") as connection:
            first = self._newest(connection) + 1
            for start in range(0, len(deliveries), _ROWS_PER_STATEMENT):
                rows = deliveries[start : start + _ROWS_PER_STATEMENT]
                self._insert(connection, first + start, rows)
            for delivery in deliveries:
                if delivery.payment is not None:
                    self._insert_payment(connection, delivery, delivery.payment)

    def newest_position(self) -> int:
        """Return the position of the newest row, 0 if there is none; positions only grow."""
        with self._store.connect() as connection:
            return self._newest(connection)

    def summary(self, since: datetime) -> InboxSummary:
        """Return how many events arrived since an instant, and when the newest of all did."""
        sql = (
            "select (select count(*) from {0} where received_at >= ?), "
            "(select max(received_at) from {0})"
        )
        with self._store.connect() as connection:
            row = connection.execute(sql.format(self._table), [instant_text(since)]).fetchone()
        count, newest = row or (0, None)
        return InboxSummary(count, instant(newest))

    def payments(self, since: datetime, *, only_live: bool) -> list[PaymentSum]:
        """Return what was paid since an instant, by currency.

        Args:
            since: by Stripe's clock; when an event arrived does not matter.
            only_live: leave out payments in test mode.
        """
        sql = (
            f"select currency, count(*), sum(amount_minor) from {self._payments} "  # noqa: S608
            "where created_at >= ? and livemode >= ? group by currency order by currency"
        )
        with self._store.connect() as connection:
            rows = connection.execute(sql, [instant_text(since), int(only_live)]).fetchall()
        return [PaymentSum(currency, count, int(amount)) for currency, count, amount in rows]

    def all(self) -> list[Delivery]:
        """Return every row in the order of positions."""
        sql = (
            f"select i.*, p.currency, p.amount_minor from {self._table} as i "  # noqa: S608
            f"left join {self._payments} as p on p.event_id = i.event_id order by i.position"
        )
        with self._store.connect() as connection:
            rows = connection.execute(sql).fetchall()
        return [
            Delivery(
                event_id=row[1],
                account=row[2],
                type=row[3],
                api_version=row[4],
                created=datetime.fromisoformat(row[5]),
                livemode=bool(row[6]),
                received_at=datetime.fromisoformat(row[7]),
                payment=Payment(row[8], row[9]) if row[8] else None,
            )
            for row in rows
        ]

    def _newest(self, connection: Connection) -> int:
        sql = f"select coalesce(max(position), 0) from {self._table}"  # noqa: S608
        return int((connection.execute(sql).fetchone() or (0,))[0])

    def _insert_payment(self, connection: Connection, delivery: Delivery, payment: Payment) -> None:
        sql = f"insert into {self._payments} values (?, ?, ?, ?, ?) on conflict do nothing"  # noqa: S608
        created, livemode = instant_text(delivery.created), int(delivery.livemode)
        row = [delivery.event_id, created, livemode, payment.currency, payment.amount_minor]
        connection.execute(sql, row)

    def _insert(self, connection: Connection, first: int, deliveries: Sequence[Delivery]) -> None:
        marks = ", ".join(["(?, ?, ?, ?, ?, ?, ?, ?)"] * len(deliveries))
        sql = (
            f"insert into {self._table} ({_COLUMNS}) values {marks} "  # noqa: S608
            "on conflict (event_id) do nothing"
        )
        parameters: list[Any] = []
        for position, delivery in enumerate(deliveries, first):
            parameters += [
                position,
                delivery.event_id,
                delivery.account,
                delivery.type,
                delivery.api_version,
                instant_text(delivery.created),
                int(delivery.livemode),
                instant_text(delivery.received_at),
            ]
        connection.execute(sql, parameters)
