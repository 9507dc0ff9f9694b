"""Periods of a series: how a range of days is cut, and what each period is compared with.

Everything here is a pure function of dates. A period is named by its first calendar day (a Monday,
the first of a month); `first` and `last` are the days of it that are covered, which are fewer where
the range cuts it or where it is still running.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Grain = Literal["day", "week", "month"]
Compare = Literal["none", "previous", "year"]

DAY = timedelta(days=1)
MAX_SPAN_DAYS = 1100


@dataclass(frozen=True)
class Period:
    """One day, week or month, and the part of it that is covered (both days inclusive)."""

    start: date
    first: date
    last: date
    is_partial: bool


def period_start(day: date, grain: Grain) -> date:
    """Return the first calendar day of the period that a day lies in; weeks begin on Mondays."""
    if grain == "month":
        return day.replace(day=1)
    if grain == "week":
        return day - timedelta(days=day.weekday())
    return day


def period_end(start: date, grain: Grain) -> date:
    """Return the last calendar day of the period that begins on `start`."""
    if grain == "month":
        return start.replace(day=monthrange(start.year, start.month)[1])
    return start + timedelta(days=6) if grain == "week" else start


def split(first: date, last: date, grain: Grain) -> list[Period]:
    """Cut the days from `first` to `last` (inclusive) into periods, the edges clipped."""
    periods = []
    start = period_start(first, grain)
    while start <= last:
        end = period_end(start, grain)
        covered = (max(start, first), min(end, last))
        periods.append(Period(start, *covered, is_partial=covered != (start, end)))
        start = end + DAY
    return periods


def add_months(day: date, months: int) -> date:
    """Return the same day of another month, or that month's last day if it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def compared_with(periods: list[Period], grain: Grain, compare: Compare) -> list[Period]:
    """Return, position by position, the period that each one is compared with.

    `previous` shifts the whole range back by its own number of periods, `year` by twelve months
    (weeks by 52, so that weekdays stay aligned). A period covered in part is compared with the same
    elapsed days of the other, else every third of a month looks like a crash.
    """
    if not periods or compare == "none":
        return []
    return [_shifted(period, len(periods), grain, compare) for period in periods]


def compared_range(first: date, last: date, compare: Compare) -> tuple[date, date]:
    """Return the range of days that a whole range is compared with.

    A year ago: the same calendar days. Previous: a range that begins with a month goes back by its
    months and covers the same elapsed days of the last of them; any other goes back by its length.
    """
    if compare == "year":
        return add_months(first, -12), _month_day(last, -12)
    if first.day == 1:
        months = (last.year - first.year) * 12 + last.month - first.month + 1
        return add_months(first, -months), _month_day(last, -months)
    days = last - first + DAY
    return first - days, last - days


def _month_day(day: date, months: int) -> date:
    """Move a range's last day by months; the end of a month stays an end of month."""
    moved = add_months(day, months)
    return period_end(moved.replace(day=1), "month") if day == _month_end(day) else moved


def _month_end(day: date) -> date:
    return period_end(day.replace(day=1), "month")


def _shifted(period: Period, count: int, grain: Grain, compare: Compare) -> Period:
    start = _shifted_start(period.start, count, grain, compare)
    end = period_end(start, grain)
    if not period.is_partial:
        return Period(start, start, end, is_partial=False)
    first = min(start + (period.first - period.start), end)
    runs_to_end = period.last == period_end(period.start, grain)
    last = end if runs_to_end else min(start + (period.last - period.start), end)
    return Period(start, first, last, is_partial=True)


def _shifted_start(start: date, count: int, grain: Grain, compare: Compare) -> date:
    if grain == "month":
        return add_months(start, -12 if compare == "year" else -count)
    if grain == "week":
        return start - timedelta(weeks=52 if compare == "year" else count)
    return add_months(start, -12) if compare == "year" else start - timedelta(days=count)
