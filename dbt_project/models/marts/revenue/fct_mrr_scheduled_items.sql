{{ sliced('customer_key', keep=true) }}

with

schedules as (
    select * from {{ ref('int_schedules_counted') }}
),

-- At the rate of its subscription, and with the share of tax of that one's largest bill; else at that of the month's end.
valued as (
    select
        schedules.*,
        items.scheduled_item_id,
        items.price_id,
        items.currency as item_currency,
        {{ round_ratio(
            'items.net_native_numerator * (schedules.taxed_minor - schedules.inclusive_tax_minor) * case'
            ~ ' when items.currency = schedules.subscription_currency then schedules.nano_usd_per_unit'
            ~ ' else ' ~ whole('rates.usd_per_unit * 1000000000') ~ ' end',
            'items.net_native_denominator * schedules.taxed_minor * 1000000000'
        ) }} as item_mrr_usd
    from schedules
    inner join {{ ref('int_scheduled_amounts') }} as items
        on schedules.month = items.month and schedules.subscription_schedule_id = items.subscription_schedule_id
    left join {{ ref('stg_seeds__fx_rates') }} as rates
        on
            items.currency = rates.currency
            and schedules.closing_day >= rates.valid_from
            and (rates.valid_to is null or schedules.closing_day < rates.valid_to)
),

final as (
    select
        valued.month,
        valued.scheduled_item_id,
        valued.subscription_schedule_id,
        valued.customer_key,
        valued.subscription_id,
        valued.price_id as plan_key,
        valued.item_currency as currency,
        cast(valued.item_mrr_usd as numeric(20, 6)) as mrr_usd,
        valued.month as valid_from,
        {{ add_months('valued.month', 1) }} as valid_to
    from valued
)

select * from final
