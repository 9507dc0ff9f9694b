"""Series that exist by month: rows of a monthly mart, compared month by month.

A running month is compared with the same elapsed days of the other, as far as days tell them; what
they don't tell is null.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from reader.columns import Series
from reader.database import Connection, Row
from reader.envelope import Page
from reader.fold import Key
from reader.params import RangeParameters
from reader.periods import Period, period_end, period_start
from reader.pipeline import Question
from reader.queries.select import newest_day, resolve_range, rows_between, served
from reader.queries.timeline import COMPARE, Cut, columns_of, paged

Elapsed = Callable[[Period], Row | None]


def monthly_page(
    connection: Connection,
    question: Question,
    parameters: RangeParameters,
    series: Series,
    where: Mapping[str, str | None] | None = None,
    elapsed: Elapsed | None = None,
) -> Page:
    """Return rows of a monthly mart; months are served whole, wherever the range begins.

    Args:
        connection: to the generation.
        question: which page.
        parameters: the range, and what to compare with.
        series: the mart.
        where: values that columns have; None for any.
        elapsed: what days tell of a part of a month; not given: nothing.
    """
    newest = newest_day(connection, question.generation)
    first, last = resolve_range(parameters.from_, parameters.to, newest, "month")
    end = min(period_end(period_start(last, "month"), "month"), newest)
    cut = Cut.of(period_start(first, "month"), end, "month", parameters.compare).since(question)
    kept = served(series, question.generation)
    rows = _months(connection, kept, cut.periods, where)
    if cut.others:
        others = _months(connection, kept, cut.others, where)
        pairs = {p.start: o for p, o in zip(cut.periods, cut.others, strict=True)}
        parts = {o: elapsed(o) for o in cut.others if elapsed is not None and o.is_partial}
        for (month, *tail), row in rows.items():
            other = pairs[month]
            is_whole = not other.is_partial
            part = _as_row(kept, other, parts.get(other))
            row[COMPARE] = others.get((other.start, *tail)) if is_whole else part
    page = paged(rows, columns_of(kept, "month"), question, is_compared=bool(cut.others))
    return replace(page, is_partial=any(row.get("is_final") is False for row in page.rows))


def _months(
    connection: Connection,
    series: Series,
    periods: Sequence[Period],
    where: Mapping[str, str | None] | None,
) -> dict[Key, Row]:
    if not periods:
        return {}
    rows = rows_between(connection, series, periods[0].start, periods[-1].start, where)
    return {(row["month"], *(row[name] for name in series.keys)): row for row in rows}


def _as_row(series: Series, period: Period, part: Row | None) -> Row | None:
    if part is None:
        return None
    known = {**part, "month": period.start, "is_final": False}
    return {name: known.get(name) for name, _ in columns_of(series, "month")}
