{{ sliced('customer_key') }}

-- Who pays for which plan at the end of a month, and whether the customer is gone at the end of the next; beside it, by
-- the month a customer began to pay, the plan that brought most then.
with

ends as (
    select
        months.month,
        least({{ add_days(add_months('months.month', 1), -1) }}, days_covered.last_day) as day
    from {{ ref('int_days_covered') }} as days_covered
    {{ series_of_months(month_start('days_covered.first_day'), month_start('days_covered.last_day'), 'months') }}
),

beginnings as (
    select
        customer_key,
        min(period_start) as day
    from {{ ref('fct_mrr_movements') }}
    where period_type = 'day' and closing_usd > 0
    group by customer_key
),

paying as (
    select
        intervals.customer_key,
        intervals.plan_key,
        intervals.valid_from,
        coalesce(intervals.valid_to, {{ open_day() }}) as valid_to,
        intervals.mrr_usd
    from {{ ref('fct_mrr_intervals') }} as intervals
    where intervals.mrr_usd > 0 and not intervals.is_internal
),

at_ends as (
    select
        ends.month,
        paying.plan_key,
        paying.customer_key,
        sum(paying.mrr_usd) as mrr_usd
    from ends
    inner join paying
        on {{ holds_day('paying', 'ends.day') }}
    group by ends.month, paying.plan_key, paying.customer_key
),

at_beginnings as (
    select
        beginnings.customer_key,
        {{ month_start('beginnings.day') }} as month,
        paying.plan_key,
        row_number() over (
            partition by beginnings.customer_key order by sum(paying.mrr_usd) desc, paying.plan_key
        ) as place
    from beginnings
    inner join paying
        on beginnings.customer_key = paying.customer_key and {{ holds_day('paying', 'beginnings.day') }}
    group by beginnings.customer_key, beginnings.day, paying.plan_key
),

final as (
    select
        at_ends.month,
        at_ends.plan_key,
        at_ends.customer_key,
        cast(at_ends.mrr_usd as numeric(20, 6)) as mrr_usd,
        coalesce(movements.churn_usd > 0, false) as is_gone_next_month,
        false as is_beginning
    from at_ends
    left join {{ ref('fct_mrr_movements') }} as movements
        on
            at_ends.customer_key = movements.customer_key
            and movements.period_type = 'month'
            and {{ add_months('at_ends.month', 1) }} = movements.period_start
    union all
    select
        month,
        plan_key,
        customer_key,
        cast(0 as numeric(20, 6)),
        false,
        true
    from at_beginnings
    where place = 1
)

select * from final
