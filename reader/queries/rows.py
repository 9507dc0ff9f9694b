"""A table's own rows: cut by day, filtered, in the order of a key, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from reader.columns import ValueType
from reader.database import Connection, Row
from reader.envelope import Page
from reader.links import stripe_page
from reader.listings import STRIPE_URL, DatedListParameters, Listing
from reader.params import ListParameters
from reader.periods import DAY, period_start
from reader.pipeline import Question
from reader.queries.select import known_value
from reader.representations import Names, plain

_SQL_TYPES: dict[ValueType, str] = {
    "text": "text",
    "integer": "bigint",
    "decimal": "numeric(38, 9)",
    "date": "date",
    "timestamp": "timestamp with time zone",
}


def listing_page(
    connection: Connection,
    question: Question,
    *,
    listing: Listing,
    parameters: ListParameters,
    live_mode: bool,
) -> Page:
    """Return one page of a listing.

    Raises:
        InvalidParameterError: no row of this generation can have a filter's value.
    """
    conditions, values = _conditions(connection, question, listing, parameters)
    return listed(connection, question, listing, conditions, values, live_mode=live_mode)


def listed(
    connection: Connection,
    question: Question,
    listing: Listing,
    conditions: Sequence[str],
    values: Sequence[Any],
    *,
    live_mode: bool,
) -> Page:
    """Return one page of the rows of a listing that fulfil conditions."""
    columns = listing.columns(question.generation)
    derived = "".join(f', {column.sql} as "{column.name}"' for column in listing.derived)
    source = f"(select *{derived} from {connection.table(listing.table)}) as listed"  # noqa: S608
    own = [(name, kind) for name, kind in columns if name != STRIPE_URL]
    found, after = keyset_rows(
        connection,
        question,
        f"select {names_of(own)} from {source}",  # noqa: S608  constants and the manifest's names
        conditions,
        values,
        [(name, dict(columns)[name]) for name in listing.key],
        is_descending=listing.newest_first,
    )
    if listing.stripe_id is not None:
        for row in found:
            row[STRIPE_URL] = stripe_page(row[listing.stripe_id], live_mode=live_mode)
    return page_of(found, columns, after)


def names_of(columns: Names) -> str:
    """Return column names as SQL; marts have some that SQL has reserved."""
    return ", ".join(f'"{name}"' for name, _ in columns)


def keyset_rows(
    connection: Connection,
    question: Question,
    select: str,
    conditions: Sequence[str],
    values: Sequence[Any],
    key: Names,
    *,
    is_descending: bool,
) -> tuple[list[Row], tuple[str, ...] | None]:
    """Return a page of rows in the order of a key, and where the next one begins.

    A page costs its own rows wherever it lies: the key of the last row served is compared with, and
    nothing is counted off.

    Args:
        connection: to the generation.
        question: where the page begins and how many rows it has.
        select: a query without conditions.
        conditions: what the rows fulfil.
        values: what the conditions' `?` stand for.
        key: columns that are never null and together unique, with their types.
        is_descending: whether the order is turned.
    """
    bound = list(values)
    wanted = list(conditions)
    if question.after is not None:
        places = ", ".join(f"cast(? as {_SQL_TYPES[kind]})" for _, kind in key)
        wanted.append(f"({names_of(key)}) {'<' if is_descending else '>'} ({places})")
        bound += question.after
    where = f" where {' and '.join(wanted)}" if wanted else ""
    order = ", ".join(f'"{name}"{" desc" if is_descending else ""}' for name, _ in key)
    sql = f"{select}{where} order by {order} limit {question.limit + 1}"
    rows = connection.fetch(sql, bound)
    taken = rows[: question.limit]
    if len(rows) == len(taken):
        return taken, None
    return taken, tuple(str(plain(taken[-1][name])) for name, _ in key)


def page_of(rows: list[Row], columns: Names, after: tuple[str, ...] | None) -> Page:
    """Return a page that says of its money what its columns say."""
    is_minor = any(name.endswith("_minor") for name, _ in columns)
    currencies = {row["currency"] for row in rows} if is_minor else {"usd"}
    return Page(
        rows,
        columns,
        after,
        "minor" if is_minor else "decimal",
        currencies.pop() if len(currencies) == 1 else None,
        any(row.get("is_final") is False for row in rows),
    )


def _conditions(
    connection: Connection, question: Question, listing: Listing, parameters: ListParameters
) -> tuple[list[str], list[Any]]:
    conditions: list[str] = []
    values: list[Any] = []
    if isinstance(parameters, DatedListParameters) and listing.day is not None:
        kind = dict(listing.columns(question.generation))[listing.day]
        conditions, values = days(listing.day, kind, parameters.from_, parameters.to)
    for one in listing.filters:
        value = getattr(parameters, one.name)
        if value is None:
            continue
        if one.known_in:
            known = one.known_in
            known_value(
                connection, question.generation, one.name, value, known, is_named=one.is_named
            )
        conditions.append(f'"{one.column}" = ?')
        values.append(value)
    return conditions, values


def days(
    column: str, kind: ValueType, first: date | None, last: date | None
) -> tuple[list[str], list[Any]]:
    """Return the conditions that a column lies in a range of UTC days, both inclusive.

    A column that holds months lies in it if the range touches the month.
    """
    conditions: list[str] = []
    values: list[Any] = []
    if first is not None:
        begin = period_start(first, "month") if column.endswith("month") else first
        conditions.append(f'"{column}" >= ?')
        values.append(_bound(begin, kind))
    if last is not None:
        conditions.append(f'"{column}" < ?')
        values.append(_bound(last + DAY, kind))
    return conditions, values


def _bound(day: date, kind: ValueType) -> date | datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) if kind == "timestamp" else day
