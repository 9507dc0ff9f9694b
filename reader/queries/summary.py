"""A whole range drawn together into one row (per provider), beside the range it follows.

What is beside it `is_partial` where that range begins before the first day with any data.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from reader.database import Connection, Row
from reader.envelope import Page
from reader.fold import divide
from reader.params import ProviderSummaryParameters, SummaryParameters
from reader.periods import DAY, Period, compared_range
from reader.pipeline import Question
from reader.queries.costs import providers
from reader.queries.revenue import daily
from reader.queries.select import covered_days, resolve_range, rows_between
from reader.queries.timeline import PERIOD, Cut, Timeline, beside, columns_of, paged
from reader.representations import Names
from reader.series import KPIS

_DEFAULT_LENGTH = timedelta(days=30)
DERIVED: Names = (("net_new_mrr_usd", "decimal"), ("arpa_usd", "decimal"))


def kpis_summary(connection: Connection, question: Question, parameters: SummaryParameters) -> Page:
    """Return the KPIs of a range as one row; states are those of its last day.

    `net_new_mrr_usd` is the change of MRR over the range, `arpa_usd` MRR by paying customer.
    """
    timeline = daily(connection, question, KPIS)

    def derive(row: Row) -> Row:
        before = row["first_day"] - DAY
        opening = rows_between(connection, timeline.series, before, before)
        net_new = row["mrr_usd"] - (opening[0]["mrr_usd"] if opening else 0)
        arpa = divide(row["mrr_usd"], row["paying_customers"])
        return {**row, "net_new_mrr_usd": net_new, "arpa_usd": arpa}

    return _summary(connection, question, parameters, timeline, derive, DERIVED)


def providers_summary(
    connection: Connection, question: Question, parameters: ProviderSummaryParameters
) -> Page:
    """Return each provider's cost over a range as one row."""
    timeline = providers(connection, question, parameters.provider)
    return _summary(connection, question, parameters, timeline, lambda row: row)


def _summary(
    connection: Connection,
    question: Question,
    parameters: SummaryParameters,
    timeline: Timeline,
    derive: Callable[[Row], Row],
    derived: Names = (),
) -> Page:
    oldest, newest = covered_days(connection, question.generation)
    end = min(parameters.to or newest, newest)
    start = parameters.from_ or end - _DEFAULT_LENGTH + DAY
    first, last = resolve_range(start, end, newest, "day")
    names = [*columns_of(timeline.series, "date", PERIOD), *derived]
    if last < first:
        return paged({}, names, question)
    period = Period(first, first, last, is_partial=False)
    rows = {key: derive(row) for key, row in timeline.rows([period], None).items()}
    if parameters.compare == "none":
        return paged(rows, names, question)
    since, until = compared_range(first, last, parameters.compare)
    other = Period(since, since, until, is_partial=since < oldest)
    others = {key: derive(row) for key, row in timeline.rows([other], None).items()}
    compared = beside(timeline.series, rows, others, Cut([period], [other]))
    return paged(compared, names, question, is_compared=True)
