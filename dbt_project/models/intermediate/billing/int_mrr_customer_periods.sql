{{ sliced('customer_key') }}

with

items as (
    select
        period_items.*,
        coalesce(period_items.opening_mrr_usd, 0) as opening_usd,
        coalesce(period_items.closing_mrr_usd, 0) as closing_usd,
        coalesce(period_items.opening_held_mrr_usd, 0) as opening_held_usd,
        coalesce(period_items.opening_state in {{ held_states() }}, false) as is_held_at_opening,
        coalesce(period_items.closing_state in {{ held_states() }}, false) as is_held_at_closing
    from {{ ref('int_mrr_period_items') }} as period_items
),

-- The plan a customer is on is that of the item that earns most.
ranked as (
    select
        items.*,
        -- Re-rated is only what goes on: an item that ends, comes or pauses moves as a whole.
        case
            when items.opening_usd > 0 and items.closing_usd > 0
                then {{ round_ratio(
                    'items.opening_net_native_numerator * items.closing_nano_usd_per_unit',
                    'items.opening_net_native_denominator * 1000000000'
                ) }} - items.opening_usd
            else 0
        end as fx_usd,
        row_number() over (
            partition by items.customer_key, items.period_type, items.period_start
            order by items.opening_usd desc, items.opening_held_usd desc, items.opening_price_id, items.subscription_item_id
        ) as opening_position,
        row_number() over (
            partition by items.customer_key, items.period_type, items.period_start
            order by items.closing_usd desc, items.closing_price_id, items.subscription_item_id
        ) as closing_position,
        row_number() over (
            partition by items.customer_key, items.period_type, items.period_start
            order by abs(items.closing_usd - items.opening_usd) desc, items.subscription_id
        ) as cause_position
    from items
),

first_paid as (
    select customer_key, min(valid_from) as first_paid_on
    from {{ ref('int_mrr_intervals') }}
    where mrr_usd > 0
    group by customer_key
),

summed as (
    select
        ranked.customer_key,
        ranked.period_type,
        ranked.period_start,
        ranked.closing_day,
        {{ total('ranked.opening_usd') }} as opening_usd,
        {{ total('ranked.closing_usd') }} as closing_usd,
        {{ total('ranked.fx_usd') }} as fx_usd,
        {{ total('ranked.opening_held_usd') }} as opening_held_usd,
        bool_or(ranked.is_held_at_opening) as is_held_at_opening,
        bool_or(ranked.is_held_at_closing) as is_held_at_closing,
        {{ total('case when ranked.is_held_at_closing then ranked.opening_usd else 0 end') }} as newly_held_usd,
        {{ total('case when ranked.closing_usd > 0 then ranked.opening_held_usd else 0 end') }} as released_usd,
        {{ total('case when not ranked.is_held_at_closing then ranked.opening_held_usd else 0 end') }} as no_longer_held_usd,
        coalesce(bool_or(
            ranked.opening_state = 'comped' and ranked.closing_usd > 0
            or ranked.closing_state = 'comped' and ranked.opening_usd > 0
        ), false) as has_comped_turn,
        max(case when ranked.opening_position = 1 then ranked.opening_price_id end) as from_plan_key,
        max(case when ranked.closing_position = 1 then ranked.closing_price_id end) as to_plan_key,
        max(case when ranked.cause_position = 1 then ranked.subscription_id end) as cause_object_id
    from ranked
    group by ranked.customer_key, ranked.period_type, ranked.period_start, ranked.closing_day
),

final as (
    select
        summed.*,
        first_paid.first_paid_on
    from summed
    left join first_paid on summed.customer_key = first_paid.customer_key
)

select * from final
