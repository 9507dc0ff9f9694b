{{ sliced() }}

with recursive

items as (
    select * from {{ ref('int_scheduled_prices') }}
),

-- Fixed amounts exist per currency: one in another currency than the phase's takes nothing off.
applications as (
    select
        items.month,
        items.subscription_schedule_id,
        items.scheduled_item_id,
        items.share_weight,
        discounts.discount_id,
        discounts.percent_off,
        case
            when discounts.currency = items.currency then discounts.amount_off_minor
            else cast({{ json_member_text('discounts.currency_options', 'items.currency', 'amount_off') }} as bigint)
        end as amount_off_minor
    from items
    inner join {{ ref('int_scheduled_discounts') }} as discounts
        on items.month = discounts.month and items.subscription_schedule_id = discounts.subscription_schedule_id
    where
        discounts.duration in {{ recurring_coupon_durations() }}
        and (discounts.scheduled_item_id is null or discounts.scheduled_item_id = items.scheduled_item_id)
        and (
            discounts.applies_to_products is null
            or position('"' || items.product_id || '"' in discounts.applies_to_products) > 0
        )
),

{{ fixed_discounts('applications', item='scheduled_item_id', owner='subscription_schedule_id', at='month') }},

{{ percent_discounts('applications', item='scheduled_item_id', at='month') }},

fractions as (
    select
        items.month,
        items.subscription_schedule_id,
        items.scheduled_item_id,
        items.price_id,
        items.currency,
        greatest(items.period_numerator - coalesce(fixed_discounts.fixed_off_minor, 0) * items.unit_denominator, 0)
        * items.months_numerator * coalesce(percent_discounts.kept_numerator, 1) as net_numerator,
        items.unit_denominator * items.months_denominator * items.minor_per_unit
        * coalesce(percent_discounts.kept_denominator, 1) as net_denominator
    from items
    left join fixed_discounts
        on items.month = fixed_discounts.month and items.scheduled_item_id = fixed_discounts.scheduled_item_id
    left join percent_discounts
        on items.month = percent_discounts.month and items.scheduled_item_id = percent_discounts.scheduled_item_id
),

final as (
    select
        fractions.month,
        fractions.subscription_schedule_id,
        fractions.scheduled_item_id,
        fractions.price_id,
        fractions.currency,
        {{ reduced_numerator('fractions.net_numerator', 'fractions.net_denominator') }} as net_native_numerator,
        {{ reduced_denominator('fractions.net_numerator', 'fractions.net_denominator') }} as net_native_denominator
    from fractions
)

select * from final
