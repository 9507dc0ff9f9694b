-- Identity 21: opening and billed less recognised and cleared is the closing and the next opening, and the last closing is
-- what all sources still defer; the days of revenue are the months'.
with

months as (
    select
        months.*,
        lag(deferred_closing_usd, 1, cast(0 as numeric(20, 6))) over (order by month) as closing_before_usd,
        lead(month) over (order by month) as next_month
    from {{ ref('agg_revenue_monthly') }} as months
),

sources as (
    select coalesce(sum(deferred_usd), 0) as deferred_usd
    from {{ ref('rec_revenue_recognition') }}
),

kpis as (
    select
        {{ month_start('date') }} as month,
        min(date) as first_day,
        sum(recognised_revenue_usd) as recognised_revenue_usd
    from {{ ref('agg_kpis_daily') }}
    group by {{ month_start('date') }}
)

select
    months.month,
    concat(
        'deferred revenue of ', cast(months.month as text), ': ', cast(months.deferred_opening_usd as text), ' opening, ',
        cast(months.billed_usd as text), ' billed, ', cast(months.recognised_usd as text), ' recognised and ',
        cast(months.deferred_cleared_usd as text), ' cleared do not lead from ', cast(months.closing_before_usd as text), ' to ',
        cast(months.deferred_closing_usd as text), ', or its sources, streams or days say something else'
    ) as message
from months
cross join sources
-- Where the days begin within a month, a line's period may have begun before them.
left join kpis
    on months.month = kpis.first_day
where
    months.deferred_opening_usd <> months.closing_before_usd
    or months.deferred_opening_usd + months.billed_usd - months.recognised_usd - months.deferred_cleared_usd
    <> months.deferred_closing_usd
    or (months.next_month is null and months.deferred_closing_usd <> sources.deferred_usd)
    or months.recognised_subscription_usd + months.recognised_pack_usd + months.recognised_other_usd <> months.recognised_usd
    or kpis.recognised_revenue_usd <> months.recognised_revenue_usd
