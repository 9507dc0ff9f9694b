"""MRR: by day from the KPIs, by month from its own mart, its movements, and split by plan."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from reader.columns import Series
from reader.database import Connection, Row
from reader.envelope import Page
from reader.errors import InvalidParameterError
from reader.filters import CUSTOMER
from reader.fold import Key, fold
from reader.params import DefinitionParameters, MovementParameters, MrrParameters, SeriesParameters
from reader.periods import Grain, Period, period_start
from reader.pipeline import Question
from reader.queries.monthly import monthly_page
from reader.queries.select import (
    known_value,
    newest_day,
    resolve_range,
    rows_between,
    served,
)
from reader.queries.timeline import Cut, Timeline, columns_of, paged, timeline_page
from reader.series import (
    CUSTOMER_MOVEMENTS,
    DEFINITIONS,
    MOVEMENTS_DAILY,
    MOVEMENTS_MONTHLY,
    MRR_DAILY,
    MRR_MONTHLY,
    PLANS,
)

# The movements of one customer are the mart's rows; those of all are summed by day, between
# openings and closings that come from the dense KPIs (a quiet day has no movement row).
_DAILY_MOVEMENTS = """
with moved as (
    select
        period_start,
        sum(new_usd) as new_usd,
        sum(expansion_usd) as expansion_usd,
        sum(reactivation_usd) as reactivation_usd,
        sum(resumed_usd) as resumed_usd,
        sum(contraction_usd) as contraction_usd,
        sum(churn_usd) as churn_usd,
        sum(paused_usd) as paused_usd,
        sum(fx_usd) as fx_usd,
        count(case when new_usd > 0 then 1 end) as customers_new,
        count(case when reactivation_usd > 0 then 1 end) as customers_reactivated,
        count(case when resumed_usd > 0 and opening_usd = 0 then 1 end) as customers_resumed,
        count(case when churn_usd > 0 then 1 end) as customers_churned,
        count(case when paused_usd > 0 and closing_usd = 0 then 1 end) as customers_paused
    from {movements}
    where period_type = 'day' and period_start between ? and ?
    group by period_start
),

states as (
    select
        date,
        mrr_usd as closing_usd,
        paying_customers as customers_closing,
        lag(mrr_usd) over (order by date) as opening_usd,
        lag(paying_customers) over (order by date) as customers_opening
    from {kpis}
)

select
    states.date,
    coalesce(states.opening_usd, 0) as opening_usd,
    coalesce(moved.new_usd, 0) as new_usd,
    coalesce(moved.expansion_usd, 0) as expansion_usd,
    coalesce(moved.reactivation_usd, 0) as reactivation_usd,
    coalesce(moved.resumed_usd, 0) as resumed_usd,
    coalesce(moved.contraction_usd, 0) as contraction_usd,
    coalesce(moved.churn_usd, 0) as churn_usd,
    coalesce(moved.paused_usd, 0) as paused_usd,
    coalesce(moved.fx_usd, 0) as fx_usd,
    states.closing_usd,
    coalesce(states.customers_opening, 0) as customers_opening,
    coalesce(moved.customers_new, 0) as customers_new,
    coalesce(moved.customers_reactivated, 0) as customers_reactivated,
    coalesce(moved.customers_resumed, 0) as customers_resumed,
    coalesce(moved.customers_churned, 0) as customers_churned,
    coalesce(moved.customers_paused, 0) as customers_paused,
    states.customers_closing
from states
left join moved on states.date = moved.period_start
where states.date between ? and ?
order by states.date
"""

# A state on a day is that of its last instant: half-open intervals that began by then.
_MRR_BY_PLAN = """
select
    days.date,
    intervals.plan_key,
    max(plans.name) as plan_name,
    sum(intervals.mrr_usd) as mrr_usd,
    count(distinct intervals.customer_key) as customers
from {kpis} as days
inner join {intervals} as intervals
    on
        intervals.valid_from <= days.date
        and (intervals.valid_to is null or intervals.valid_to > days.date)
        and intervals.mrr_usd > 0
left join {customers} as customers on intervals.customer_key = customers.customer_key
left join {plans} as plans on intervals.plan_key = plans.plan_key
where days.date in ({days}) and not coalesce(customers.is_internal, false)
group by days.date, intervals.plan_key
order by days.date, intervals.plan_key
"""


def mrr_page(connection: Connection, question: Question, parameters: MrrParameters) -> Page:
    """Return MRR by period, in total or by plan."""
    if parameters.segment is None and parameters.grain == "month":
        return _by_month(connection, question, parameters, MRR_MONTHLY)
    cut = cut_for(connection, question, parameters, parameters.grain)
    if parameters.segment is None:
        timeline = daily(connection, question, MRR_DAILY)
    else:
        timeline = Timeline(PLANS, partial(_by_plan, connection))
    return timeline_page(timeline, cut, parameters.grain, question)


def movements_page(
    connection: Connection, question: Question, parameters: MovementParameters
) -> Page:
    """Return the movements of MRR by period, of all customers or of one."""
    if parameters.customer_key is not None:
        return _customer_page(connection, question, parameters, parameters.customer_key)
    if parameters.grain == "month":
        return _by_month(connection, question, parameters, MOVEMENTS_MONTHLY)
    cut = cut_for(connection, question, parameters, parameters.grain)
    timeline = Timeline(MOVEMENTS_DAILY, partial(_daily_movements, connection))
    return timeline_page(timeline, cut, parameters.grain, question)


def definitions_page(
    connection: Connection, question: Question, parameters: DefinitionParameters
) -> Page:
    """Return MRR by month and definition, with the bridge from ours."""
    where = {"definition": parameters.definition}
    return monthly_page(connection, question, parameters, DEFINITIONS, where)


def daily(
    connection: Connection,
    question: Question,
    series: Series,
    where: Mapping[str, str | None] | None = None,
) -> Timeline:
    """Return the timeline of a published daily table."""
    kept = served(series, question.generation)

    def between(periods: list[Period]) -> list[Row]:
        return rows_between(connection, kept, periods[0].first, periods[-1].last, where)

    return Timeline(kept, between)


def cut_for(
    connection: Connection, question: Question, parameters: SeriesParameters, grain: Grain
) -> Cut:
    """Return the periods that a request means."""
    newest = newest_day(connection, question.generation)
    first, last = resolve_range(parameters.from_, parameters.to, newest, grain)
    return Cut.of(first, last, grain, parameters.compare)


def _by_month(
    connection: Connection, question: Question, parameters: SeriesParameters, series: Series
) -> Page:
    elapsed = partial(_elapsed, connection)
    return monthly_page(connection, question, parameters, series, elapsed=elapsed)


def _elapsed(connection: Connection, period: Period) -> Row | None:
    """Return a part of a month, summed from its days."""
    days = _daily_movements(connection, [period])
    return fold(MOVEMENTS_DAILY, days, [period]).get((period.start,))


def _daily_movements(connection: Connection, periods: list[Period]) -> list[Row]:
    sql = _DAILY_MOVEMENTS.format(
        movements=connection.table("fct_mrr_movements"), kpis=connection.table("agg_kpis_daily")
    )
    first, last = periods[0].first, periods[-1].last
    return connection.fetch(sql, [first, last, first, last])


def _by_plan(connection: Connection, periods: list[Period]) -> list[Row]:
    sql = _MRR_BY_PLAN.format(
        kpis=connection.table("agg_kpis_daily"),
        intervals=connection.table("fct_mrr_intervals"),
        customers=connection.table("dim_customers"),
        plans=connection.table("dim_plans"),
        days=", ".join("?" for _ in periods),
    )
    return connection.fetch(sql, [period.last for period in periods])


def _customer_page(
    connection: Connection, question: Question, parameters: MovementParameters, customer: str
) -> Page:
    if parameters.grain == "week":
        raise InvalidParameterError("one customer is served by day or month", param="grain")
    if parameters.compare != "none":
        raise InvalidParameterError("one customer's movements are not compared", param="compare")
    known_in = CUSTOMER.known_in
    known_value(connection, question.generation, "customer_key", customer, known_in, is_named=False)
    newest = newest_day(connection, question.generation)
    first, last = resolve_range(parameters.from_, parameters.to, newest, parameters.grain)
    kept = served(CUSTOMER_MOVEMENTS, question.generation)
    where = {"customer_key": customer, "period_type": parameters.grain}
    start = period_start(first, parameters.grain)
    rows = rows_between(connection, kept, start, last, where)
    keyed: dict[Key, Row] = {(row["period_start"],): row for row in rows}
    return paged(keyed, columns_of(kept, "period_start"), question)
