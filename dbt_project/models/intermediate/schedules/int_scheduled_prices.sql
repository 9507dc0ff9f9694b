{{ sliced() }}

with

prices as (
    select * from {{ ref('int_recurring_prices') }}
),

currencies as (
    select * from {{ ref('dim_currencies') }}
),

-- Phases of older versions of the API name no currency: it is that of their prices.
items as (
    select
        scheduled.month,
        scheduled.subscription_schedule_id,
        scheduled.scheduled_item_id,
        scheduled.price_id,
        scheduled.quantity,
        coalesce(scheduled.phase_currency, prices.currency) as currency
    from {{ ref('int_scheduled_items') }} as scheduled
    inner join prices on scheduled.price_id = prices.price_id
),

{{ priced_items('items') }},

final as (
    select * from priced_items
)

select * from final
