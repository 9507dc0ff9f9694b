{{ sliced() }}

with

discounts as (
    select * from {{ ref('stg_stripe__discounts') }}
    where
        duration in {{ recurring_coupon_durations() }}
        -- What was put on one invoice by hand recurs no more than a `once` coupon.
        and invoice_id is null
        and invoice_item_id is null
),

lives as (
    select * from {{ ref('int_subscription_lives') }}
),

-- A discount of the customer works on each of its subscriptions.
subjects as (
    select discounts.discount_id, lives.subscription_id, lives.currency
    from discounts
    inner join lives on discounts.subscription_id = lives.subscription_id
    union all
    select discounts.discount_id, lives.subscription_id, lives.currency
    from discounts
    inner join lives on discounts.customer_id = lives.stripe_customer_id
    where discounts.subscription_id is null
),

final as (
    select
        subjects.discount_id,
        subjects.subscription_id,
        subjects.currency,
        discounts.subscription_item_id,
        discounts.subscription_id is null as is_of_customer,
        discounts.is_attached,
        discounts.started_at,
        discounts.ends_at,
        discounts.removed_at,
        discounts.coupon_id,
        discounts.account_id,
        discounts.percent_off,
        discounts.amount_off_minor,
        discounts.coupon_currency
    from subjects
    inner join discounts on subjects.discount_id = discounts.discount_id
)

select * from final
