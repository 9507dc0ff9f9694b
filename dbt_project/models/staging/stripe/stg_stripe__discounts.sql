{{ config(materialized='table') }}

-- A table, not incremental: one discount is gathered from several parents, and there are few.
with

ranked as (
    select
        sightings.*,
        coalesce(sightings.source_coupon, sightings.old_coupon) as coupon,
        max(sightings.removed_at) over (partition by sightings.discount_id) as removed_on_event_at,
        max(case when sightings.is_attached then 1 else 0 end) over (partition by sightings.discount_id) = 1
            as is_attached_somewhere,
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
        {{ id_of('ranked.coupon') }} as coupon_id,
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
        coupons.percent_off,
        coupons.amount_off_minor,
        coupons.currency as coupon_currency,
        coupons.duration,
        coupons.duration_in_months
    from ranked
    left join {{ ref('stg_stripe__coupons') }} as coupons
        on coupons.coupon_id = {{ id_of('ranked.coupon') }}
    where ranked.recency = 1
)

select * from final
