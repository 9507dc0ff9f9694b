"""Days drawn together into periods, exactly: integers and decimals in, integers and decimals out.

What each column is like is said in `reader.series`; this is only the arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from reader.columns import Column, Kind, Series
from reader.periods import Period

Row = dict[str, Any]
Key = tuple[Any, ...]
Counts = Mapping[Key, Mapping[str, int]]


def divide(
    numerator: Decimal | int | None, denominator: Decimal | int | None, places: int = 6
) -> Decimal | None:
    """Return the quotient to so many places, half-even; None over nothing."""
    if numerator is None or not denominator:
        return None
    return Decimal(round(Fraction(numerator) / Fraction(denominator) * 10**places)).scaleb(-places)


def fold(
    series: Series, rows: Iterable[Row], periods: list[Period], counts: Counts | None = None
) -> dict[Key, Row]:
    """Return one row per period and key.

    Args:
        series: what the rows are.
        rows: daily rows, oldest first; each holds `series.time`.
        periods: contiguous, oldest first.
        counts: per (period start, *key) what can't be added up: the `DISTINCT` columns and the
            denominators of ratios.
    """
    groups: dict[Key, list[Row]] = {}
    position = 0
    for row in rows:
        day: date = row[series.time]
        while position < len(periods) and periods[position].last < day:
            position += 1
        if position == len(periods):
            break
        if periods[position].first <= day:
            key = (periods[position].start, *(row[name] for name in series.keys))
            groups.setdefault(key, []).append(row)
    by_start = {period.start: period for period in periods}
    return {
        key: _folded(series, group, by_start[key[0]], (counts or {}).get(key, {}))
        for key, group in groups.items()
    }


def _folded(series: Series, rows: list[Row], period: Period, counts: Mapping[str, int]) -> Row:
    folded: Row = {
        "date": period.start,
        "first_day": period.first,
        "last_day": period.last,
        "is_partial": period.is_partial,
    }
    known: Row = dict(counts)
    for column in series.columns:
        known[column.name] = folded[column.name] = _value(column, rows, known)
    return folded


def _value(column: Column, rows: list[Row], known: Row) -> Any:
    match column.kind:
        case Kind.FLOW:
            given = [row[column.name] for row in rows if row[column.name] is not None]
            return sum(given[1:], start=given[0]) if given else None
        case Kind.RATIO:
            return divide(known.get(column.numerator), known.get(column.denominator), column.places)
        case Kind.DISTINCT:
            return known.get(column.name)
        case Kind.OPENING:
            return rows[0][column.name]
        case _:
            return rows[-1][column.name]
