{{ config(severity='warn') }}
-- A coupon deleted before it was ever read leaves discounts of unknown terms: they lower no MRR, and are named. So do
-- coupons and promotion codes that the last phase of a schedule names.
select concat('terms of coupon ', coupon_id, ' are unknown: its discounts lower no MRR') as message
from {{ ref('stg_stripe__discounts') }}
where percent_off is null and amount_off_minor is null
group by coupon_id
union all
select
    concat(
        'terms of ', coalesce('coupon ' || coupon_id, 'promotion code ' || promotion_code_id, 'discount ' || discount_id),
        ' are unknown: schedules that name it count without it in committed MRR'
    ) as message
from {{ ref('int_scheduled_discounts') }}
where percent_off is null and amount_off_minor is null
group by coupon_id, promotion_code_id, discount_id
