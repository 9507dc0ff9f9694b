{{ config(severity='warn') }}
-- A coupon deleted before it was ever read leaves discounts of unknown terms: they lower no MRR, and are named.
select concat('terms of coupon ', coupon_id, ' are unknown: its discounts lower no MRR') as message
from {{ ref('stg_stripe__discounts') }}
where percent_off is null and amount_off_minor is null
group by coupon_id
