{{ sliced('customer_key') }}

with

schedules as (
    select * from {{ ref('int_schedules_counted') }}
),

items as (
    select
        month,
        subscription_schedule_id,
        sum(mrr_usd) as mrr_usd
    from {{ ref('fct_mrr_scheduled_items') }}
    group by month, subscription_schedule_id
),

final as (
    select
        schedules.month,
        schedules.subscription_schedule_id,
        schedules.customer_key,
        schedules.subscription_id,
        schedules.currency,
        cast(schedules.mrr_usd as numeric(20, 6)) as mrr_usd,
        cast(coalesce(items.mrr_usd, 0) as numeric(20, 6)) as scheduled_mrr_usd,
        cast(coalesce(items.mrr_usd, 0) - schedules.mrr_usd as numeric(20, 6)) as change_usd
    from schedules
    left join items
        on schedules.month = items.month and schedules.subscription_schedule_id = items.subscription_schedule_id
)

select * from final
