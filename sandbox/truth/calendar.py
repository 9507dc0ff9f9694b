"""Days and months, all UTC. A day is known by its end: 00:00 of the next."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

ONE_DAY = timedelta(days=1)
AN_INSTANT = timedelta(microseconds=1)


def utc_day(instant: datetime) -> date:
    """Return the day that an instant belongs to; midnight belongs to the day it begins."""
    return instant.astimezone(UTC).date()


def in_seconds(instant: datetime | None) -> datetime | None:
    """Return an instant as Stripe tells it: in whole seconds."""
    return None if instant is None else instant.replace(microsecond=0)


def end_of(day: date) -> datetime:
    """Return the instant at which the day is over: 24:00, which is 00:00 of the next."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + ONE_DAY


def days(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last, both included."""
    day = first
    while day <= last:
        yield day
        day += ONE_DAY


def month_of(day: date) -> date:
    """Return the first day of the day's month."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """Return the first day of the month after."""
    return month_of(month + timedelta(days=31))


def last_day_of(month: date) -> date:
    """Return the month's last day."""
    return next_month(month) - ONE_DAY


def months_before(month: date, count: int) -> date:
    """Return the first day of the month ``count`` months earlier."""
    for _ in range(count):
        month = month_of(month - ONE_DAY)
    return month


def months(first: date, last: date) -> Iterator[date]:
    """Every month from that of the first day to that of the last."""
    month = month_of(first)
    while first <= last and month <= last:
        yield month
        month = next_month(month)
