{{ config(meta={'looked_up': true}, pre_hook={'sql': '{{ keep_what_was() }}', 'transaction': false}) }}

with

listed_prices as (
    select * from {{ ref('stg_stripe__prices') }}
),

-- Prices made for one subscription are in no list, but stand inside its items.
item_prices as (
    select
        subscription_items.*,
        row_number() over (
            partition by subscription_items.price_id order by subscription_items.subscription_item_id
        ) as price_position
    from {{ ref('stg_stripe__subscription_items') }} as subscription_items
),

all_prices as (
    select
        price_id, product_id, currency, currency_options, unit_amount_minor, unit_amount_decimal_minor,
        recurring_interval, interval_count, usage_type, transform_divide_by, transform_round
    from listed_prices
    union all
    select
        price_id, product_id, currency, cast(null as text), unit_amount_minor, unit_amount_decimal_minor,
        recurring_interval, interval_count, usage_type, transform_divide_by, transform_round
    from item_prices
    where
        price_position = 1
        and price_id not in (select listed_prices.price_id from listed_prices)
),

final as (
    select
        all_prices.*,
        {{ months_numerator('all_prices.recurring_interval') }} as months_numerator,
        {{ months_denominator('all_prices.recurring_interval', 'all_prices.interval_count') }} as months_denominator
    from all_prices
    where
        -- Of an interval that nobody knows nobody can tell the month's share; dq_unknown_values names it.
        {{ months_numerator('all_prices.recurring_interval') }} is not null
        -- Metered use is billed in arrears and is no recurring revenue; tiers have no one unit price.
        and coalesce(all_prices.usage_type, 'licensed') = 'licensed'
        and coalesce(all_prices.unit_amount_minor, all_prices.unit_amount_decimal_minor) is not null
)

select * from final
