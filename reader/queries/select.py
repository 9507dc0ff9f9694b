"""Rows of published tables, by range and filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from reader.columns import Series
from reader.database import Connection, Generation, Row
from reader.errors import InvalidParameterError, SpanTooLongError
from reader.params import SPAN_TOO_LONG
from reader.periods import DAY, MAX_SPAN_DAYS, Grain, period_end, period_start

_CALENDAR = "agg_kpis_daily"


def served(series: Series, generation: Generation) -> Series:
    """Return a series with the columns that a generation's table has."""
    table = generation.tables.get(series.table)
    return series.keeping(frozenset(table.columns) if table is not None else frozenset())


def rows_between(
    connection: Connection,
    series: Series,
    first: date,
    last: date,
    where: Mapping[str, str | None] | None = None,
) -> list[Row]:
    """Return a table's rows from one day to another (inclusive), oldest first, then by key."""
    filters = {name: value for name, value in (where or {}).items() if value is not None}
    names = [series.time, *(column.name for column in series.columns)]
    conditions = [f"{series.time} between ? and ?", *(f"{name} = ?" for name in filters)]
    # Every name is a constant of reader.series; values are bound.
    sql = (
        f"select {', '.join(names)} from {connection.table(series.table)} "  # noqa: S608
        f"where {' and '.join(conditions)} order by {', '.join((series.time, *series.keys))}"
    )
    return connection.fetch(sql, [first, last, *filters.values()])


def newest_day(connection: Connection, generation: Generation) -> date:
    """Return the newest day of a generation: the day before it was built."""
    return covered_days(connection, generation)[1]


def covered_days(connection: Connection, generation: Generation) -> tuple[date, date]:
    """Return the first and the newest day of a generation, both the last day if it is empty."""
    table = connection.table(_CALENDAR)
    sql = f"select min(date) as first, max(date) as newest from {table}"  # noqa: S608
    [found] = connection.fetch(sql)
    yesterday = generation.as_of.date() - DAY
    return found["first"] or yesterday, found["newest"] or yesterday


def resolve_range(
    first: date | None, last: date | None, newest: date, grain: Grain
) -> tuple[date, date]:
    """Return the days that a request means.

    Args:
        first: `from`; if not given, the earliest whole period that one request may begin with.
        last: `to`; days after the newest hold nothing yet and are left out.
        newest: the generation's newest day.
        grain: the length of a period.

    Raises:
        SpanTooLongError: an open range is longer than the API serves at once.
    """
    end = min(last or newest, newest)
    if first is None:
        earliest = end - (MAX_SPAN_DAYS - 1) * DAY
        return period_end(period_start(earliest - DAY, grain), grain) + DAY, end
    if (end - first).days > MAX_SPAN_DAYS:
        raise SpanTooLongError(SPAN_TOO_LONG, param="from")
    return first, end


def known_value(
    connection: Connection,
    generation: Generation,
    name: str,
    value: object,
    known_in: Sequence[tuple[str, str]],
    *,
    is_named: bool = True,
) -> None:
    """Refuse a value that none of the named columns has.

    Args:
        connection: to the generation.
        generation: what is read.
        name: the parameter.
        value: its value; None is no value.
        known_in: pairs of table and column; tables that the generation lacks know nothing.
        is_named: whether the message lists the values that are known.

    Raises:
        InvalidParameterError: the value is unknown.
    """
    if value is None:
        return
    columns = [
        f'select "{column}" as value from {connection.table(table)}'  # noqa: S608  constants
        for table, column in known_in
        if table in generation.tables
    ]
    known = f"({' union '.join(columns)}) as known"
    if columns and connection.fetch(f"select 1 from {known} where value = ?", [value]):  # noqa: S608
        return
    if not is_named:
        raise InvalidParameterError(f"there is no such {name}", param=name)
    rows = connection.fetch(f"select value from {known} order by 1") if columns else []  # noqa: S608
    names = ", ".join(str(row["value"]) for row in rows if row["value"] is not None)
    raise InvalidParameterError(
        f"{name} {value!r} is not known here; known are: {names or 'none'}", param=name
    )
