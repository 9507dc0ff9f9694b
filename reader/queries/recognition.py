"""Recognised and deferred revenue by month."""

from __future__ import annotations

from functools import partial

from reader.database import Connection, Row
from reader.envelope import Page
from reader.params import MonthlyParameters
from reader.periods import Period
from reader.pipeline import Question
from reader.queries.monthly import monthly_page
from reader.series import RECOGNITION

# What the days of a part of a month tell; what was billed and deferred is known by month only.
_ELAPSED = """
select
    earned.*,
    cash.*
from (
    select
        cast(coalesce(sum(recognised_usd), 0) as numeric(20, 6)) as recognised_usd,
        cast(coalesce(sum(case when stream = 'subscription' then recognised_usd end), 0)
            as numeric(20, 6)) as recognised_subscription_usd,
        cast(coalesce(sum(case when stream = 'pack' then recognised_usd end), 0)
            as numeric(20, 6)) as recognised_pack_usd,
        cast(coalesce(sum(case when stream = 'other' then recognised_usd end), 0)
            as numeric(20, 6)) as recognised_other_usd,
        cast(coalesce(sum(contra_usd), 0) as numeric(20, 6)) as contra_usd,
        cast(coalesce(sum(recognised_usd), 0) - coalesce(sum(contra_usd), 0) as numeric(20, 6))
            as recognised_revenue_usd
    from {recognised}
    where date between ? and ?
) as earned
cross join (
    select
        cast(coalesce(sum(refunds_usd), 0) as numeric(20, 6)) as refunds_usd,
        cast(coalesce(sum(disputes_usd), 0) as numeric(20, 6)) as disputes_usd,
        cast(coalesce(sum(stripe_fees_usd), 0) as numeric(20, 6)) as stripe_fees_usd
    from {kpis}
    where date between ? and ?
) as cash
"""


def recognition_page(
    connection: Connection, question: Question, parameters: MonthlyParameters
) -> Page:
    """Return recognised and deferred revenue by month."""
    elapsed = partial(_elapsed, connection)
    return monthly_page(connection, question, parameters, RECOGNITION, elapsed=elapsed)


def _elapsed(connection: Connection, period: Period) -> Row | None:
    sql = _ELAPSED.format(
        recognised=connection.table("fct_revenue_recognition_days"),
        kpis=connection.table("agg_kpis_daily"),
    )
    days = [period.first, period.last]
    return connection.fetch(sql, [*days, *days])[0]
