"""The application's database: SQLite for the demo, PostgreSQL as in production.

Writing compares with what is there and changes only what differs, so the database of an earlier
day is continued, and rows have the ``updatedAt`` of their last change.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import psycopg

from sandbox.app.rows import AppRows, Row
from sandbox.app.schema import INDEXES, TABLES, Table
from sandbox.ledger import Fact

SQLITE = "sqlite:///"


class HasLedger(Protocol):
    """What is written: anything with a ledger."""

    @property
    def ledger(self) -> Sequence[Fact]:
        """The facts so far, in order of time."""


def write_app_database(world: HasLedger, url: str, until: datetime) -> None:
    """Bring an application database to the state of an instant.

    Args:
        world: whose ledger is written.
        url: ``sqlite:///PATH`` or ``postgresql://…``; tables are made where they are missing.
        until: facts at or after this instant (aware UTC) are left out.

    Raises:
        ValueError: for a URL of another kind.
    """
    rows = AppRows()
    rows.read(fact for fact in world.ledger if fact.at < until)
    if url.startswith(SQLITE):
        _write_sqlite(rows, Path(url.removeprefix(SQLITE)))
    elif url.startswith(("postgresql://", "postgres://")):
        _write_postgres(rows, url)
    else:
        raise ValueError(f"the application's database must be sqlite or postgresql, not {url}")


def _write_sqlite(rows: AppRows, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in _ddl():
            connection.execute(statement)
        for table in TABLES:
            there = _index(table, connection.execute(_select(table)))
            wanted = _wanted(table, rows, _as_text)
            gone, changed = _difference(there, wanted)
            name = f'"{table.name}"'
            connection.executemany(f"delete from {name} where id = ?", gone)  # noqa: S608 - our names
            marks = ", ".join("?" * len(table.columns))
            connection.executemany(
                f"insert or replace into {name} ({_names(table)}) values ({marks})",  # noqa: S608
                changed,
            )


def _write_postgres(rows: AppRows, url: str) -> None:
    with psycopg.connect(url) as connection:
        for statement in _ddl():
            connection.execute(statement.encode())
        for table in TABLES:
            there = _index(table, connection.execute(_select(table).encode()))
            wanted = _wanted(table, rows, _as_naive)
            gone, changed = _difference(there, wanted)
            gone = [*gone, *((row[0],) for row in changed if row[0] in there)]
            with connection.cursor() as cursor:
                cursor.executemany(f'delete from "{table.name}" where id = %s'.encode(), gone)  # noqa: S608
                copy = f'copy "{table.name}" ({_names(table)}) from stdin'
                with cursor.copy(copy.encode()) as copying:
                    for row in changed:
                        copying.write_row(row)


def _ddl() -> Iterator[str]:
    for table in TABLES:
        yield f'create table if not exists "{table.name}" ({table.ddl})'
    yield from INDEXES


def _names(table: Table) -> str:
    return ", ".join(f'"{column}"' for column in table.columns)


def _select(table: Table) -> str:
    return f'select {_names(table)} from "{table.name}"'  # noqa: S608 - our own names


def _index(table: Table, rows: Iterable[Sequence[Any]]) -> dict[str, tuple[Any, ...]]:
    return {row[0]: tuple(row) for row in rows if table.columns}


def _wanted(table: Table, rows: AppRows, write: Any) -> dict[str, tuple[Any, ...]]:
    instants = table.instants

    def cells(row: Row) -> tuple[Any, ...]:
        return tuple(
            write(row[column]) if column in instants else row[column] for column in table.columns
        )

    return {row_id: cells(row) for row_id, row in rows.table(table.name).items()}


def _difference(
    there: dict[str, tuple[Any, ...]], wanted: dict[str, tuple[Any, ...]]
) -> tuple[list[tuple[str]], list[tuple[Any, ...]]]:
    """Return what has to go, and what is new or different."""
    gone = [(row_id,) for row_id in there if row_id not in wanted]
    return gone, [row for row_id, row in wanted.items() if there.get(row_id) != row]


def _as_text(moment: datetime | None) -> str | None:
    """ISO text in UTC with milliseconds, as Prisma's SQLite connector may write it."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _as_naive(moment: datetime | None) -> datetime | None:
    """UTC without a zone, in whole milliseconds."""
    if moment is None:
        return None
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)
