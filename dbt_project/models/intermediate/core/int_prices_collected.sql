-- Prices from their own list, and those that only a subscription item or an invoice line still names
-- (inline prices, prices of deleted products): a plan key must never dangle.
with

sightings as (
    select
        price_id,
        product_id,
        price_type,
        currency,
        unit_amount_minor,
        recurring_interval,
        interval_count,
        nickname,
        metadata,
        account_id,
        1 as preference
    from {{ ref('stg_stripe__prices') }}
    union all
    select
        price_id,
        product_id,
        price_type,
        currency,
        unit_amount_minor,
        recurring_interval,
        interval_count,
        null,
        null,
        account_id,
        2
    from {{ ref('stg_stripe__subscription_items') }}
    union all
    select
        price_id,
        product_id,
        case when subscription_item_id is not null then 'recurring' else 'one_time' end,
        currency,
        case
            when unit_amount_decimal_minor % 1 = 0 then cast(unit_amount_decimal_minor as bigint)
        end,
        null,
        null,
        null,
        null,
        account_id,
        case when is_proration then 4 else 3 end
    from {{ ref('stg_stripe__invoice_lines') }}
    union all
    select
        price_id,
        product_id,
        price_type,
        currency,
        price_unit_amount_minor,
        null,
        null,
        null,
        null,
        account_id,
        3
    from {{ ref('stg_stripe__checkout_line_items') }}
),

ranked as (
    select
        sightings.*,
        row_number() over (
            partition by price_id
            order by preference, unit_amount_minor desc nulls last, product_id
        ) as recency
    from sightings
    where price_id is not null
),

final as (
    select
        price_id,
        product_id,
        price_type,
        currency,
        unit_amount_minor,
        recurring_interval,
        interval_count,
        nickname,
        metadata,
        account_id
    from ranked
    where recency = 1
)

select * from final
