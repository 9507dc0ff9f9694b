{{ sliced() }}

with

segments as (
    select * from {{ ref('int_item_segments') }}
),

prices as (
    select * from {{ ref('int_recurring_prices') }}
),

currencies as (
    select * from {{ ref('dim_currencies') }}
),

{{ priced_items('segments') }},

final as (
    select * from priced_items
)

select * from final
