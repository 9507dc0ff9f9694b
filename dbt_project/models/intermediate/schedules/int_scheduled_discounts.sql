{{ sliced('subscription_schedule_id') }}

with

months as (
    select * from {{ ref('int_schedule_months') }}
    where not is_to_end
),

discounts as (
    select * from {{ ref('stg_stripe__discounts') }}
),

elements as (
    select months.month, months.subscription_schedule_id, cast(null as text) as scheduled_item_id, discount.element
    from months
    {{ json_rows('months.discounts', 'discount') }}
    union all
    select items.month, items.subscription_schedule_id, items.scheduled_item_id, discount.element
    from {{ ref('int_scheduled_items') }} as items
    {{ json_rows('items.discounts', 'discount') }}
),

parsed as (
    {{ parse_json('elements', [
        ['own_coupon_id', 'coupon', 'id'],
        ['discount_id', 'discount', 'id'],
        ['promotion_code_id', 'promotion_code', 'id'],
    ], keep=['month', 'subscription_schedule_id', 'scheduled_item_id'], column='element') }}
),

-- A coupon that is in no list any more may stand inside a discount that the customer had of it.
seen_terms as (
    select
        customer_id, coupon_id,
        cast(max(percent_off) as numeric(38, 12)) as percent_off,
        max(amount_off_minor) as amount_off_minor,
        max(coupon_currency) as currency, max(duration) as duration
    from discounts
    group by customer_id, coupon_id
),

-- A phase without discounts of its own has the customer's, as far as it was known at the month's end.
named as (
    select month, subscription_schedule_id, scheduled_item_id, own_coupon_id, discount_id, promotion_code_id
    from parsed
    union all
    select months.month, months.subscription_schedule_id, null, null, discounts.discount_id, null
    from months
    inner join discounts on months.customer_id = discounts.customer_id
    where
        discounts.subscription_id is null
        and discounts.invoice_id is null
        and discounts.invoice_item_id is null
        and {{ utc_date('discounts.started_at') }} <= months.closing_day
        and (
            {{ utc_date('discounts.removed_at') }} > months.closing_day
            or (discounts.removed_at is null and discounts.is_attached)
        )
        and not exists (
            select 1
            from parsed
            where parsed.month = months.month and parsed.subscription_schedule_id = months.subscription_schedule_id
        )
),

resolved as (
    select
        named.*,
        months.account_id,
        months.customer_id,
        coalesce(named.own_coupon_id, codes.coupon_id, discounts.coupon_id) as coupon_id
    from named
    inner join months
        on named.month = months.month and named.subscription_schedule_id = months.subscription_schedule_id
    left join discounts on named.discount_id = discounts.discount_id
    left join {{ ref('stg_stripe__promotion_codes') }} as codes on named.promotion_code_id = codes.promotion_code_id
    -- What was given before and is over when the phase begins is no discount of it.
    where discounts.ends_at is null or discounts.ends_at > months.starts_at
),

final as (
    select
        resolved.month, resolved.subscription_schedule_id, resolved.scheduled_item_id, resolved.promotion_code_id,
        resolved.coupon_id,
        coalesce(resolved.discount_id, resolved.promotion_code_id, resolved.coupon_id) as discount_id,
        coalesce(coupons.percent_off, seen_terms.percent_off) as percent_off,
        coalesce(coupons.amount_off_minor, seen_terms.amount_off_minor) as amount_off_minor,
        coalesce(coupons.currency, seen_terms.currency) as currency,
        coalesce(coupons.duration, seen_terms.duration) as duration,
        coupons.currency_options,
        coupons.applies_to_products
    from resolved
    left join {{ ref('stg_stripe__coupons') }} as coupons
        on resolved.coupon_id = coupons.coupon_id and resolved.account_id is not distinct from coupons.account_id
    left join seen_terms
        on resolved.coupon_id = seen_terms.coupon_id and resolved.customer_id = seen_terms.customer_id
)

select * from final
