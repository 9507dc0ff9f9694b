-- In every month each object behind committed MRR, an item that goes on or one that is scheduled, is of one plan that
-- exists, so that committed MRR by plan sums to all of it.
with

objects as (
    select
        drilled.period as month,
        drilled.object_type,
        drilled.object_id,
        drilled.amount,
        least({{ add_days(add_months('drilled.period', 1), -1) }}, days_covered.last_day) as day
    from {{ ref('drill_metric_objects') }} as drilled
    cross join {{ ref('int_days_covered') }} as days_covered
    where drilled.metric = 'committed_mrr_usd' and drilled.slice = 'total'
),

plans as (
    select
        'subscription_item' as object_type,
        subscription_item_id as object_id,
        plan_key,
        valid_from,
        valid_to
    from {{ ref('fct_mrr_intervals') }}
    union all
    select
        'scheduled_item',
        scheduled_item_id,
        plan_key,
        valid_from,
        valid_to
    from {{ ref('fct_mrr_scheduled_items') }}
),

by_plan as (
    select
        objects.month,
        dim_plans.plan_key,
        sum(objects.amount) as amount
    from objects
    inner join plans
        on
            objects.object_type = plans.object_type
            and objects.object_id = plans.object_id
            and objects.day >= plans.valid_from
            and (plans.valid_to is null or objects.day < plans.valid_to)
    inner join {{ ref('dim_plans') }} as dim_plans on plans.plan_key = dim_plans.plan_key
    group by objects.month, dim_plans.plan_key
),

summed as (
    select
        month,
        sum(amount) as amount
    from by_plan
    group by month
)

select
    coalesce(months.month, summed.month) as month,
    concat(
        'committed MRR of ', cast(coalesce(months.month, summed.month) as text), ' is ',
        coalesce(cast(months.committed_mrr_usd as text), 'missing'), ', but its plans make ',
        cast(coalesce(summed.amount, 0) as text)
    ) as message
from {{ ref('agg_mrr_monthly') }} as months
full outer join summed on months.month = summed.month
where months.committed_mrr_usd is null or months.committed_mrr_usd <> coalesce(summed.amount, 0)
