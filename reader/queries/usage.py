"""What customers do and hold: videos, active users, credits; daily series of published tables."""

from __future__ import annotations

from reader.columns import Series
from reader.database import Connection
from reader.envelope import Page
from reader.filters import PROVIDER
from reader.params import ProviderParameters, SeriesParameters
from reader.pipeline import Question
from reader.queries.revenue import cut_for, daily
from reader.queries.select import known_value
from reader.queries.timeline import timeline_page
from reader.series import USAGE


def series_page(
    connection: Connection, question: Question, *, series: Series, parameters: SeriesParameters
) -> Page:
    """Return a daily table by period."""
    cut = cut_for(connection, question, parameters, parameters.grain)
    return timeline_page(daily(connection, question, series), cut, parameters.grain, question)


def videos_page(connection: Connection, question: Question, parameters: ProviderParameters) -> Page:
    """Return the videos asked for by period and provider.

    Raises:
        InvalidParameterError: the provider is not one of this generation's.
    """
    generation, provider = question.generation, parameters.provider
    known_value(connection, generation, "provider", provider, PROVIDER.known_in)
    timeline = daily(connection, question, USAGE, {"provider": provider})
    cut = cut_for(connection, question, parameters, parameters.grain)
    return timeline_page(timeline, cut, parameters.grain, question)
