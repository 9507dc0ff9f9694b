{{ sliced() }}

with

lost_days as (
    select * from {{ ref('int_lost_customer_days') }}
),

period_items as (
    select * from {{ ref('int_mrr_period_items') }}
    where period_type = 'day'
),

lost_items as (
    select
        lost_days.customer_key,
        lost_days.churned_on,
        period_items.subscription_id,
        period_items.opening_price_id,
        case
            when lost_days.was_held then period_items.opening_held_mrr_usd
            else period_items.opening_mrr_usd
        end as lost_usd
    from lost_days
    inner join period_items
        on
            lost_days.customer_key = period_items.customer_key
            and lost_days.churned_on = period_items.period_start
),

final as (
    select
        lost_items.customer_key,
        lost_items.churned_on,
        lost_items.subscription_id,
        {{ total('lost_items.lost_usd') }} as lost_usd,
        max(lost_items.opening_price_id) as plan_key
    from lost_items
    where lost_items.lost_usd > 0
    group by lost_items.customer_key, lost_items.churned_on, lost_items.subscription_id
)

select * from final
