"""Who used the product: a video requested is the core action, a login is not."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sandbox.ledger import Fact, UserDeleted, UserLoggedIn
from sandbox.truth.calendar import days, end_of, utc_day
from sandbox.truth.money import ratio
from sandbox.truth.people import People
from sandbox.truth.videos import Video


def active_users_daily(
    facts: Sequence[Fact],
    videos: Iterable[Video],
    people: People,
    pulls: Sequence[datetime],
    span: tuple[date, date],
) -> Iterator[dict[str, Any]]:
    """``agg_active_users_daily``: distinct users of a day, of 7 and of 30 days ending with it.

    Args:
        facts: what happened until now.
        videos: all videos.
        people: who is internal, and left out.
        pulls: when the application was read, oldest first: its snapshots of ``lastLoginAt``.
        span: first and last day.
    """
    active: dict[date, set[str]] = defaultdict(set)
    for video in videos:
        if video.user_id not in people.internal_users:
            active[utc_day(video.requested_at)].add(video.user_id)
    for day in days(*span):
        dau, wau, mau = (_distinct(active, day, length) for length in (1, 7, 30))
        yield {
            "date": day,
            "dau": dau,
            "wau": wau,
            "mau": mau,
            "stickiness": ratio(dau, mau),
            "logged_in_30d": _logged_in(facts, people, pulls, day),
        }


def _distinct(active: dict[date, set[str]], day: date, length: int) -> int:
    window = days(day - timedelta(days=length - 1), day)
    return len(set().union(*(active.get(each, set()) for each in window)))


def _logged_in(
    facts: Sequence[Fact], people: People, pulls: Sequence[datetime], day: date
) -> int | None:
    """Users whose last login, as the day's latest snapshot saw it, is in the last 30 days."""
    snapshots = [pull for pull in pulls if pull < end_of(day)]
    if not snapshots:
        return None
    seen = [fact for fact in facts if fact.at < snapshots[-1]]
    gone = {fact.user_id for fact in seen if isinstance(fact, UserDeleted)}
    since = end_of(day) - timedelta(days=30)
    recent = {f.user_id for f in seen if isinstance(f, UserLoggedIn) and f.at >= since}
    return len(recent - gone - people.internal_users)
