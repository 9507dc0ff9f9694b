{{ sliced() }}

with

snapshots as (
    select * from {{ ref('int_subscription_snapshots') }}
),

elements as (
    select
        snapshots.subscription_id,
        snapshots.seen_at,
        item.element
    from snapshots
    {{ json_rows('snapshots.items', 'item') }}
),

-- Payloads may be written in an older version of the API, where the price is called the plan.
parsed as (
    {{ parse_json('elements', [
        ['subscription_item_id', 'id'],
        ['price_id', 'price.id'],
        ['plan_id', 'plan.id'],
        ['quantity', 'quantity', 'decimal'],
    ], keep=['subscription_id', 'seen_at'], column='element') }}
),

final as (
    select
        parsed.subscription_item_id,
        parsed.subscription_id,
        parsed.seen_at,
        coalesce(parsed.price_id, parsed.plan_id) as price_id,
        cast(coalesce(parsed.quantity, 1) as bigint) as quantity
    from parsed
)

select * from final
