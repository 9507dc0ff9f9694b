-- Identity 2: the intervals in force at a month's end, those of internal customers left out, are the month's MRR.
with

month_ends as (
    select
        months.month,
        months.closing_usd,
        least({{ add_days(add_months('months.month', 1), -1) }}, context.last_day) as closing_day
    from {{ ref('agg_mrr_monthly') }} as months
    cross join {{ ref('stg_tillhouse__run_context') }} as context
),

counted as (
    select
        month_ends.month,
        month_ends.closing_usd,
        coalesce(sum(intervals.mrr_usd), 0) as intervals_usd
    from month_ends
    left join {{ ref('fct_mrr_intervals') }} as intervals
        on
            month_ends.closing_day >= intervals.valid_from
            and month_ends.closing_day < coalesce(intervals.valid_to, {{ open_day() }})
            and not intervals.is_internal
    group by month_ends.month, month_ends.closing_usd
)

select concat('MRR of ', month, ' is ', closing_usd, ', its intervals make ', intervals_usd) as message
from counted
where closing_usd <> intervals_usd
