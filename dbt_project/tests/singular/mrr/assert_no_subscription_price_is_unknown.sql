-- An item whose price nobody can tell would silently be worth nothing.
select
    concat(
        'price ', versions.price_id, ' of ', min(versions.subscription_item_id),
        ' is in no list and in no subscription'
    ) as message
from {{ ref('int_item_versions') }} as versions
where
    versions.quantity > 0
    and versions.price_id not in (select prices.price_id from {{ ref('stg_stripe__prices') }} as prices)
    and versions.price_id not in (
        select items.price_id
        from {{ ref('stg_stripe__subscription_items') }} as items
        where items.price_id is not null
    )
group by versions.price_id
union all
select
    concat('price ', price_id, ' of ', min(subscription_item_id), ' has no amount in ', upper(currency)) as message
from {{ ref('int_item_list_prices') }}
where unit_numerator is null
group by price_id, currency
