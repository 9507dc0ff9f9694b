{{ sliced() }}

with

items as (
    select * from {{ ref('int_item_list_prices') }}
),

windows as (
    select * from {{ ref('int_discount_windows') }}
),

-- A customer's discount steps back while the subscription has one of its own.
final as (
    select
        items.subscription_item_id,
        items.subscription_id,
        items.valid_from,
        items.share_weight,
        windows.discount_id,
        windows.percent_off,
        windows.amount_off_minor
    from items
    inner join windows
        on
            items.subscription_id = windows.subscription_id
            and {{ holds_day('windows', 'items.valid_from') }}
    where
        (windows.subscription_item_id is null or windows.subscription_item_id = items.subscription_item_id)
        and (
            windows.applies_to_products is null
            or position('"' || items.product_id || '"' in windows.applies_to_products) > 0
        )
        and not (windows.is_of_customer and exists (
            select 1
            from windows as own
            where
                own.subscription_id = items.subscription_id
                and not own.is_of_customer
                and {{ holds_day('own', 'items.valid_from') }}
        ))
)

select * from final
