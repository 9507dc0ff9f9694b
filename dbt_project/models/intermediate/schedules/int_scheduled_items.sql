{{ sliced('subscription_schedule_id') }}

with

months as (
    select * from {{ ref('int_schedule_months') }}
    where not is_to_end
),

elements as (
    select
        months.month,
        months.subscription_schedule_id,
        months.currency as phase_currency,
        item.position as item_position,
        item.element
    from months
    {{ json_rows('months.items', 'item') }}
),

parsed as (
    {{ parse_json('elements', [
        ['price_id', ['price', 'plan'], 'id'],
        ['quantity', 'quantity', 'decimal'],
        ['discounts', 'discounts', 'list'],
    ], keep=['month', 'subscription_schedule_id', 'phase_currency', 'item_position'], column='element') }}
),

final as (
    select
        parsed.month,
        parsed.subscription_schedule_id,
        concat(parsed.subscription_schedule_id, '/', parsed.item_position) as scheduled_item_id,
        parsed.price_id,
        cast(coalesce(parsed.quantity, 1) as bigint) as quantity,
        parsed.phase_currency,
        parsed.discounts
    from parsed
)

select * from final
