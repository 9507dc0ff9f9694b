{{ sliced(
    'stripe_customer_id customer_id',
    also=['discount_id in (select discount_id from ' ~ in_slice('stg_stripe__discounts') ~ ')']
) }}

-- A table, not incremental: one discount is gathered from several parents, and there are few.
with

ranked as (
    select
        sightings.*,
        max(sightings.removed_at) over (partition by sightings.discount_id) as removed_on_event_at,
        max(case when sightings.is_attached then 1 else 0 end) over (partition by sightings.discount_id) = 1
            as is_attached_somewhere,
        -- A coupon's terms never change, so any sighting of them will do.
        {% for term in ['percent_off', 'amount_off_minor', 'coupon_currency', 'duration', 'duration_in_months'] -%}
        max(sightings.{{ term }}) over (partition by sightings.discount_id) as seen_{{ term }},
        {% endfor -%}
        row_number() over (
            partition by sightings.discount_id
            order by sightings.is_attached desc, sightings.seen_at desc, sightings.ends_at desc nulls first
        ) as recency
    from {{ ref('stg_stripe__discount_sightings') }} as sightings
    where sightings.discount_id is not null
),

final as (
    select
        ranked.discount_id,
        ranked.coupon_id,
        ranked.customer_id,
        ranked.subscription_id,
        ranked.subscription_item_id,
        ranked.invoice_id,
        ranked.invoice_item_id,
        ranked.promotion_code_id,
        ranked.started_at,
        ranked.ends_at,
        ranked.removed_on_event_at as removed_at,
        ranked.is_attached_somewhere as is_attached,
        cast(coalesce(coupons.percent_off, ranked.seen_percent_off) as numeric(38, 12)) as percent_off,
        coalesce(coupons.amount_off_minor, ranked.seen_amount_off_minor) as amount_off_minor,
        coalesce(coupons.currency, ranked.seen_coupon_currency) as coupon_currency,
        coalesce(coupons.duration, ranked.seen_duration) as duration,
        coalesce(coupons.duration_in_months, ranked.seen_duration_in_months) as duration_in_months,
        ranked.account_id
    from ranked
    left join {{ ref('stg_stripe__coupons') }} as coupons
        on ranked.coupon_id = coupons.coupon_id and ranked.account_id is not distinct from coupons.account_id
    where ranked.recency = 1
)

select * from final
