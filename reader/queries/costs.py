"""Provider cost by period and provider, and what a finished video cost."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial

from reader.database import Connection
from reader.envelope import Page
from reader.filters import PROVIDER
from reader.fold import Counts
from reader.params import ProviderParameters
from reader.periods import DAY, Grain, Period
from reader.pipeline import Question
from reader.queries.revenue import cut_for, daily
from reader.queries.select import known_value
from reader.queries.timeline import Timeline, timeline_page
from reader.series import PROVIDERS

# A video called on two days is one video of the week: counted again, never added up.
_VIDEOS = """
with calls as (
    select
        cast({period} as date) as period,
        provider,
        video_id
    from {usage}
    where occurred_at >= ? and occurred_at < ?
)

select
    calls.period,
    calls.provider,
    count(distinct calls.video_id) as videos,
    count(distinct case when videos.status = 'COMPLETED' then calls.video_id end)
        as completed_videos
from calls
left join {videos} as videos on calls.video_id = videos.video_id
group by calls.period, calls.provider
"""


def providers_page(
    connection: Connection, question: Question, parameters: ProviderParameters
) -> Page:
    """Return provider cost by period and provider."""
    timeline = providers(connection, question, parameters.provider)
    cut = cut_for(connection, question, parameters, parameters.grain)
    return timeline_page(timeline, cut, parameters.grain, question)


def providers(connection: Connection, question: Question, provider: str | None) -> Timeline:
    """Return the timeline of provider cost.

    Raises:
        InvalidParameterError: the provider is not one of this generation's.
    """
    known_value(connection, question.generation, "provider", provider, PROVIDER.known_in)
    plain = daily(connection, question, PROVIDERS, {"provider": provider})
    return Timeline(plain.series, plain.fetch, partial(_videos, connection))


def _videos(connection: Connection, periods: list[Period], grain: Grain | None) -> Counts:
    first = periods[0].first
    unit = f"date_trunc('{grain}', occurred_at)" if grain else f"date '{first.isoformat()}'"
    sql = _VIDEOS.format(
        period=unit,
        usage=connection.table("fct_provider_usage"),
        videos=connection.table("fct_videos"),
    )
    rows = connection.fetch(sql, [_midnight(first), _midnight(periods[-1].last + DAY)])
    return {(row["period"], row["provider"]): row for row in rows}


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
