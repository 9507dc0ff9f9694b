{{ config(
    incremental_strategy='append',
    pre_hook="{{ forget_stale_children('stg_stripe__subscriptions', 'subscription_id') }}"
) }}

{% set fields = [
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
    ['discounts', 'discounts', 'list'],
    ['created_at', 'created', 'epoch'],
    ['old_period_started_at', 'current_period_start', 'epoch'],
    ['old_period_ends_at', 'current_period_end', 'epoch'],
] -%}
{% set keep = ['subscription_id', 'item_position', 'raw_versions', 'raw_load_id', 'account_id'] -%}

with

item_rows as (
    select
        parent.subscription_id,
        parent.own_period_started_at,
        parent.own_period_ends_at,
        parent.raw_versions,
        parent.raw_load_id,
        parent.account_id,
        item.position as item_position,
        item.element as object
    from {{ came_of('stg_stripe__subscriptions') }} as parent
    {{ json_rows('parent.items', 'item') }}
    where {{ not_yet_exploded('subscription_id') }}
),

parsed as (
    {{ parse_json('item_rows', fields, keep=keep + ['own_period_started_at', 'own_period_ends_at']) }}
),

-- Before 2025-03-31 the items had no period of their own: the subscription's was that of all.
final as (
    select
        {{ staged_columns(fields, keep) }},
        coalesce(old_period_started_at, own_period_started_at) as current_period_started_at,
        coalesce(old_period_ends_at, own_period_ends_at) as current_period_ends_at
    from parsed
)

select * from final
