-- Identity 3: items make their customer's MRR; a discount is never negative nor more than the list price.
with

closings as (
    select
        movements.customer_key,
        movements.period_type,
        movements.period_start,
        movements.closing_usd,
        case
            when movements.period_type = 'day' then movements.period_start
            else least({{ add_days(add_months('movements.period_start', 1), -1) }}, context.last_day)
        end as closing_day
    from {{ ref('fct_mrr_movements') }} as movements
    cross join {{ ref('stg_tillhouse__run_context') }} as context
),

counted as (
    select
        closings.customer_key,
        closings.closing_day,
        closings.closing_usd,
        coalesce(sum(intervals.mrr_usd), 0) as items_usd
    from closings
    left join {{ ref('fct_mrr_intervals') }} as intervals
        on
            closings.customer_key = intervals.customer_key
            and closings.closing_day >= intervals.valid_from
            and closings.closing_day < coalesce(intervals.valid_to, {{ open_day() }})
            and not intervals.is_internal
    group by closings.customer_key, closings.closing_day, closings.period_type, closings.closing_usd
)

select concat('MRR of ', customer_key, ' on ', closing_day, ' is ', closing_usd, ', its items make ', items_usd) as message
from counted
where closing_usd <> items_usd
union all
select concat('list, discount and MRR of ', subscription_item_id, ' from ', valid_from, ' do not fit its state ', state)
from {{ ref('fct_mrr_intervals') }}
where
    discount_mrr_usd < 0
    or discount_mrr_usd > list_mrr_usd
    or mrr_usd <> case
        when state in ('paused', 'trialing') then 0
        else list_mrr_usd - discount_mrr_usd
    end
