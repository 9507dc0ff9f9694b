"""Copying the marts that dbt built into a generation's schema, and the views over it."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg

from warehouse.engines import Connection
from warehouse.errors import PublishError
from warehouse.generations.manifest import Column, Generation, MartTable, Table
from warehouse.generations.text import quoted_name, quoted_text


def build_schema(connection: Connection, schema: str, tables: Sequence[MartTable]) -> None:
    """Make the schema with its tables, all of them or none."""
    with connection.transaction():
        connection.execute(f"create schema {quoted_name(schema)}")
        for table in tables:
            _copy(connection, schema, table)
    for table in tables:
        connection.execute(f"analyze {quoted_name(schema)}.{quoted_name(table.name)}")


def _copy(connection: Connection, schema: str, table: MartTable) -> None:
    copy = f"{quoted_name(schema)}.{quoted_name(table.name)}"
    try:
        connection.execute(f"create table {copy} as table build.{quoted_name(table.name)}")
    except psycopg.errors.UndefinedTable as error:
        raise PublishError(f"the mart {table.name} was not built: run again") from error
    connection.execute(f"comment on table {copy} is {quoted_text(table.description)}")
    for name, _ in _columns(connection, schema, table.name):
        if name in table.columns:
            text = quoted_text(table.columns[name])
            connection.execute(f"comment on column {copy}.{quoted_name(name)} is {text}")


def measure_schema(
    connection: Connection, schema: str, tables: Sequence[MartTable]
) -> dict[str, Table]:
    """Count and hash the rows of every copied table.

    Raises:
        PublishError: a copy differs from what was built.
    """
    measured = {}
    for table in tables:
        copy = _count(connection, schema, table.name)
        if copy != _count(connection, "build", table.name):
            raise PublishError(f"the copy of {table.name} differs from what was built: run again")
        columns = {
            name: Column(name, kind, table.columns.get(name, ""))
            for name, kind in _columns(connection, schema, table.name)
        }
        measured[table.name] = Table(copy[0], columns, table.description, copy[1])
    return measured


def _count(connection: Connection, schema: str, table: str) -> tuple[int, str]:
    row = connection.execute(
        "select count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) "  # noqa: S608
        f"from {quoted_name(schema)}.{quoted_name(table)} as t"
    ).fetchall()[0]
    return row[0], f"{int(row[1]):x}"


def _columns(connection: Connection, schema: str, table: str) -> list[tuple[str, str]]:
    rows = connection.execute(
        "select attname, format_type(atttypid, atttypmod) from pg_attribute "
        "where attrelid = to_regclass(?) and attnum > 0 and not attisdropped order by attnum",
        [f"{quoted_name(schema)}.{quoted_name(table)}"],
    ).fetchall()
    return [(name, kind) for name, kind in rows]


def replace_views(connection: Connection, generation: Generation) -> None:
    """Make schema `marts` show exactly one generation; inside a transaction.

    A view whose columns only grew is replaced, which keeps grants and what depends on it.
    """
    connection.execute("create schema if not exists marts")
    shown = connection.execute(
        "select viewname from pg_views where schemaname = 'marts'"
    ).fetchall()
    for (name,) in shown:
        if name not in generation.tables:
            connection.execute(f"drop view marts.{quoted_name(name)}")
    for name, table in generation.tables.items():
        view = f"marts.{quoted_name(name)}"
        old = _columns(connection, "marts", name)
        new = [(column.name, column.type) for column in table.columns.values()]
        if old and new[: len(old)] != old:
            connection.execute(f"drop view {view}")
        source = f"{quoted_name(generation.location)}.{quoted_name(name)}"
        connection.execute(
            f"create or replace view {view} as select * from {source}"  # noqa: S608  quoted
        )
        connection.execute(f"comment on view {view} is {quoted_text(table.description)}")
