"""Calendar arithmetic as Stripe Billing does it."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta


def add_months(moment: datetime, months: int) -> datetime:
    """Return the same day and time ``months`` later; a month's last day if it is too short."""
    index = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(index, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def boundary(anchor: datetime, interval: str, count: int, number: int) -> datetime:
    """Return the start of the ``number``-th period after ``anchor``.

    Always counted from the anchor, so that January 31st leads over February 28th to March 31st.
    """
    steps = number * count
    if interval == "week":
        return anchor + timedelta(weeks=steps)
    return add_months(anchor, steps * (12 if interval == "year" else 1))


def midnight(moment: datetime) -> datetime:
    """Return the beginning of the UTC day."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def month_start(moment: datetime) -> datetime:
    """Return the beginning of the UTC month."""
    return midnight(moment).replace(day=1)


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """Return an aware UTC instant."""
    return datetime(year, month, day, hour, minute, tzinfo=UTC)
