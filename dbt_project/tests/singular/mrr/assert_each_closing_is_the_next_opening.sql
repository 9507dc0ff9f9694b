-- Identity 4: periods follow on each other without a gap, and the days of a month net to the month.
with

followed as (
    select
        movements.customer_key,
        movements.period_type,
        movements.period_start,
        movements.closing_usd,
        lead(movements.opening_usd) over (
            partition by movements.customer_key, movements.period_type order by movements.period_start
        ) as next_opening_usd,
        lead(movements.period_start) over (
            partition by movements.customer_key, movements.period_type order by movements.period_start
        ) as next_period_start,
        {{ month_start('context.last_day') }} as last_month
    from {{ ref('fct_mrr_movements') }} as movements
    cross join {{ ref('stg_tillhouse__run_context') }} as context
),

nets as (
    select
        customer_key,
        case when period_type = 'day' then {{ month_start('period_start') }} else period_start end as month,
        sum(case when period_type = 'day' then closing_usd - opening_usd else 0 end) as days_usd,
        sum(case when period_type = 'month' then closing_usd - opening_usd else 0 end) as month_usd
    from {{ ref('fct_mrr_movements') }}
    group by customer_key, case when period_type = 'day' then {{ month_start('period_start') }} else period_start end
)

select
    concat(
        customer_key, ' closes ', period_type, ' ', period_start, ' with ', closing_usd,
        ', the next opens with ', coalesce(next_opening_usd, 0)
    ) as message
from followed
where
    closing_usd <> next_opening_usd
    or (
        period_type = 'month'
        and closing_usd > 0
        and period_start < last_month
        and (next_period_start is null or next_period_start <> {{ add_months('period_start', 1) }})
    )
union all
select concat(customer_key, ' moved by ', days_usd, ' on the days of ', month, ', by ', month_usd, ' in the month')
from nets
where days_usd <> month_usd
