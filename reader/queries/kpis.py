"""The KPIs by period; without a range, the newest one."""

from __future__ import annotations

from reader.database import Connection
from reader.envelope import Page
from reader.params import SeriesParameters
from reader.periods import period_start
from reader.pipeline import Question
from reader.queries.revenue import daily
from reader.queries.select import newest_day, resolve_range
from reader.queries.timeline import Cut, timeline_page
from reader.series import KPIS


def kpis_page(connection: Connection, question: Question, parameters: SeriesParameters) -> Page:
    """Return the KPIs by period; without a range, the newest period."""
    newest = newest_day(connection, question.generation)
    first, last = resolve_range(parameters.from_, parameters.to, newest, parameters.grain)
    if parameters.from_ is None and parameters.to is None:
        first = period_start(newest, parameters.grain)
    cut = Cut.of(first, last, parameters.grain, parameters.compare)
    timeline = daily(connection, question, KPIS)
    return timeline_page(timeline, cut, parameters.grain, question)
