{{ config(
    incremental_strategy='append',
    pre_hook="{{ forget_stale_children('stg_stripe__subscriptions', 'subscription_id') }}"
) }}

with

item_rows as (
    select
        parent.subscription_id,
        parent.raw_versions,
        parent.raw_load_id,
        item.position as item_position,
        item.element as object
    from {{ ref('stg_stripe__subscriptions') }} as parent
    {{ json_rows('parent.items', 'item') }}
    where {{ not_yet_exploded('subscription_id') }}
),

final as (
    {{ parse_json('item_rows', [
        ['subscription_item_id', 'id'],
        ['price_id', 'price.id'],
        ['product_id', 'price.product', 'id'],
        ['quantity', 'quantity', 'bigint'],
        ['price_type', 'price.type'],
        ['currency', 'price.currency', 'lower'],
        ['unit_amount_minor', 'price.unit_amount', 'bigint'],
        ['unit_amount_decimal_minor', 'price.unit_amount_decimal', 'decimal'],
        ['billing_scheme', 'price.billing_scheme'],
        ['recurring_interval', 'price.recurring.interval'],
        ['interval_count', 'price.recurring.interval_count', 'bigint'],
        ['usage_type', 'price.recurring.usage_type'],
        ['tax_behavior', 'price.tax_behavior'],
        ['transform_divide_by', 'price.transform_quantity.divide_by', 'bigint'],
        ['transform_round', 'price.transform_quantity.round'],
        ['discounts', 'discounts'],
        ['created_at', 'created', 'epoch'],
        ['current_period_started_at', 'current_period_start', 'epoch'],
        ['current_period_ends_at', 'current_period_end', 'epoch'],
    ], keep=['subscription_id', 'item_position', 'raw_versions', 'raw_load_id']) }}
)

select * from final
