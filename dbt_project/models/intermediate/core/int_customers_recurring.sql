{{ sliced() }}

-- What the recurring revenue says of a customer: the month it first counted, and the plan it is on now.
with

cohorts as (
    select
        customer_key,
        {{ month_start('min(period_start)') }} as cohort_month
    from {{ ref('fct_mrr_movements') }}
    where period_type = 'day' and closing_usd > 0
    group by customer_key
),

-- Of several items the dearest at list price names the plan; the comparison goes by the last complete day.
plans_ranked as (
    select
        intervals.customer_key,
        intervals.plan_key,
        row_number() over (
            partition by intervals.customer_key
            order by intervals.list_mrr_usd desc, intervals.plan_key, intervals.subscription_item_id
        ) as preference
    from {{ ref('fct_mrr_intervals') }} as intervals
    inner join {{ ref('stg_tillhouse__run_context') }} as run_context
        on
            intervals.valid_from <= run_context.last_day
            and (intervals.valid_to is null or intervals.valid_to > run_context.last_day)
),

keys as (
    select customer_key from cohorts
    union
    select customer_key from plans_ranked
),

final as (
    select
        keys.customer_key,
        cohorts.cohort_month,
        plans_ranked.plan_key as current_plan_key
    from keys
    left join cohorts
        on keys.customer_key = cohorts.customer_key
    left join plans_ranked
        on keys.customer_key = plans_ranked.customer_key and plans_ranked.preference = 1
)

select * from final
