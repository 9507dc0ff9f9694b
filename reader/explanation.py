"""A figure, what it means, and the objects it is made of, out of one published generation."""

from __future__ import annotations

import calendar
import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import Any

from reader.objects import Part, objects_of, parts_of
from reader.questions import QuestionError
from reader.slices import ObjectSlices
from warehouse.generations import PinnedConnection

TOTAL = "total"


@dataclass(frozen=True)
class Explanation:
    """A figure and where it comes from; `parts` is None for what is no sum of objects."""

    metric: Mapping[str, Any]
    period: str
    slice: str
    figure: Decimal | int | None
    parts: Sequence[Part] | None
    days: tuple[date, date]
    of_objects: str | None = None

    @property
    def sql(self) -> str:
        """The query that an analyst gets the figure with."""
        if self.of_objects is not None:
            return f"select sum(amount) from ({self.of_objects}) as o"  # noqa: S608
        value, when = _value(self.metric), self.metric["period_column"]
        first, last = self.days
        days = f"= '{first}'" if first == last else f"between '{first}' and '{last}'"
        part = ""
        if self.slice != TOTAL:
            part = (
                f" and {self.metric['slice_column']} = '{self.slice.replace(chr(39), chr(39) * 2)}'"
            )
        return f"select {value} from marts.{self.metric['table_name']} where {when} {days}{part}"  # noqa: S608


@dataclass(frozen=True)
class _Span:
    """What was asked for: the first and last day of a day or month."""

    text: str
    first: date
    last: date

    @property
    def is_month(self) -> bool:
        return len(self.text) == len("2026-01")


def explain(
    connection: PinnedConnection, name: str, period: str, slice_: str = TOTAL
) -> Explanation:
    """Explain one figure.

    Args:
        connection: to the generation that says it.
        name: the metric.
        period: a day, `2026-10-31`, or a month, `2026-10`. Of a daily metric a month is the sum of
            its days, or its last day where a sum means nothing.
        slice_: `total`, or a value of the column by which the metric's table splits it. Of a
            metric that has objects, `dimension=value` with a dimension that all of them have, for
            instance `country=DE`; a plan is named by its key or its name.

    Raises:
        QuestionError: there is no such figure.
    """
    metric = _metric(connection, name)
    span = _span(metric, period)
    by_objects = metric["has_objects"] and "=" in slice_
    if not by_objects:
        _check_slice(connection, metric, slice_)
    if metric["period_type"] == "month":
        first = last = span.first
    else:
        first, last = _days(connection, metric, span)
    if by_objects:
        return _of_objects(connection, metric, span, (first, last), slice_)
    figure = _figure(connection, metric, (first, last), slice_)
    parts = None
    if metric["has_objects"]:
        parts = parts_of(connection, objects_of(connection, metric, first, last))
    return Explanation(metric, span.text, slice_, figure, parts, (first, last))


def _of_objects(
    connection: PinnedConnection,
    metric: Mapping[str, Any],
    span: _Span,
    days: tuple[date, date],
    slice_: str,
) -> Explanation:
    """Explain a part of a figure by the objects that belong to it."""
    _check_covered(connection, metric, days)
    dimension, _, value = slice_.partition("=")
    # The running month shows the end of the last complete day.
    yesterday = connection.generation.as_of.astimezone(UTC).date() - timedelta(days=1)
    day = min(span.last, yesterday) if metric["period_type"] == "month" else days[1]
    objects = ObjectSlices(connection, objects_of(connection, metric, *days), day)
    query = objects.query(metric["metric"], dimension, value)
    parts = parts_of(connection, query)
    figure = sum((part.amount for part in parts), Decimal(0))
    told = _in_unit(metric, figure)
    return Explanation(metric, span.text, slice_, told, parts, days, objects.shown(query))


def _rows(connection: PinnedConnection, sql: str, params: Sequence[Any] = ()) -> list[Any]:
    cursor = connection.execute(sql, params)
    names = [str(column[0]) for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _metric(connection: PinnedConnection, name: str) -> dict[str, Any]:
    table = connection.table("dim_metrics")
    metrics = {row["metric"]: row for row in _rows(connection, f"select * from {table}")}  # noqa: S608
    if name in metrics:
        return dict(metrics[name])
    near = difflib.get_close_matches(name, metrics, n=3) or sorted(metrics)
    raise QuestionError(f"there is no metric {name}: there are {', '.join(near)}", "metric")


def _span(metric: Mapping[str, Any], period: str) -> _Span:
    """Read a period; a month may be written as its first day where only months exist."""
    text = period
    if metric["period_type"] == "month" and re.fullmatch(r"\d{4}-\d{2}-01", period):
        text = period[:7]
    try:
        if re.fullmatch(r"\d{4}-\d{2}", text):
            first = date.fromisoformat(f"{text}-01")
            days = calendar.monthrange(first.year, first.month)[1]
            return _Span(text, first, first.replace(day=days))
        if metric["period_type"] == "day":
            day = date.fromisoformat(text)
            return _Span(day.isoformat(), day, day)
    except ValueError:
        pass
    wanted = "a month such as 2026-10"
    if metric["period_type"] == "day":
        wanted = f"a day such as 2026-10-31 or {wanted}"
    raise QuestionError(f"{period} is no period of {metric['metric']}: give {wanted}", "period")


def _check_slice(connection: PinnedConnection, metric: Mapping[str, Any], slice_: str) -> None:
    known = [TOTAL]
    if metric["slice_column"]:
        table = connection.table(metric["table_name"])
        column = metric["slice_column"]
        rows = _rows(connection, f"select distinct {column} as value from {table} order by 1")  # noqa: S608
        known = [row["value"] for row in rows]
        if metric["kind"] != "ratio":
            known.insert(0, TOTAL)
    if slice_ not in known:
        names = ", ".join(known)
        raise QuestionError(
            f"{metric['metric']} has no slice {slice_}: its slices are {names}", "slice"
        )


def _days(
    connection: PinnedConnection, metric: Mapping[str, Any], span: _Span
) -> tuple[date, date]:
    """Return which days of a daily metric make the figure of a period."""
    if not span.is_month or metric["kind"] == "flow":
        return span.first, span.last
    if metric["kind"] == "ratio":
        raise QuestionError(f"{metric['metric']} is worked out for each day: give a day", "period")
    table, column = connection.table(metric["table_name"]), metric["period_column"]
    sql = f"select max({column}) as day from {table} where {column} between ? and ?"  # noqa: S608
    day = _rows(connection, sql, [span.first, span.last])[0]["day"] or span.last
    return day, day


def _figure(
    connection: PinnedConnection,
    metric: Mapping[str, Any],
    days: tuple[date, date],
    slice_: str,
) -> Decimal | int | None:
    table = connection.table(metric["table_name"])
    when = f"{metric['period_column']} between ? and ?"
    params: list[Any] = list(days)
    if slice_ != TOTAL:
        when += f" and {metric['slice_column']} = ?"
        params.append(slice_)
    sql = f"select count(*) as found, {_value(metric)} as figure from {table} where {when}"  # noqa: S608
    row = _rows(connection, sql, params)[0]
    figure = row["figure"]
    if not row["found"]:
        _check_covered(connection, metric, days)
        # Tables by provider have no row for a day without a call.
        figure = None if metric["kind"] == "ratio" else 0
    return _in_unit(metric, figure)


def _in_unit(metric: Mapping[str, Any], figure: Decimal | int | None) -> Decimal | int | None:
    """Return amounts and ratios as exact decimals, and counts as whole numbers."""
    if isinstance(figure, Decimal) and not metric["unit"].endswith(("dollars", "ratio", "of 1")):
        return int(figure)
    return figure if figure is None or isinstance(figure, Decimal) else int(figure)


def _value(metric: Mapping[str, Any]) -> str:
    """One row of a rate; a sum keeps what is alone as it is, too."""
    return f"{'max' if metric['kind'] == 'ratio' else 'sum'}({metric['column_name']})"


def _check_covered(
    connection: PinnedConnection, metric: Mapping[str, Any], days: tuple[date, date]
) -> None:
    table, column = connection.table(metric["table_name"]), metric["period_column"]
    sql = f"select min({column}) as first, max({column}) as last from {table}"  # noqa: S608
    known = _rows(connection, sql)[0]
    if known["first"] is None or days[1] < known["first"] or days[0] > known["last"]:
        raise QuestionError(
            f"{metric['metric']} has no figure for {days[1]}: {metric['table_name']} reaches from "
            f"{known['first']} to {known['last']}",
            "period",
        )
