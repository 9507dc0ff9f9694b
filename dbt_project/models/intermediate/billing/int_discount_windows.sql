{{ sliced() }}

with

subjects as (
    select * from {{ ref('int_discount_subjects') }}
),

removals as (
    select * from {{ ref('int_discount_removals') }}
),

coupons as (
    select * from {{ ref('stg_stripe__coupons') }}
),

windows as (
    select
        subjects.*,
        {{ utc_date('subjects.started_at') }} as valid_from,
        {{ utc_date("least(
            coalesce(subjects.ends_at, " ~ open_instant() ~ "),
            coalesce(subjects.removed_at, " ~ open_instant() ~ "),
            coalesce(removals.removed_at, " ~ open_instant() ~ ")
        )") }} as valid_to
    from subjects
    left join removals
        on
            subjects.discount_id = removals.discount_id
            and subjects.subscription_id = removals.subscription_id
),

-- Fixed amounts exist per currency: one in another currency than the subscription's takes nothing off.
final as (
    select
        windows.subscription_id,
        windows.discount_id,
        windows.subscription_item_id,
        windows.is_of_customer,
        windows.valid_from,
        windows.valid_to,
        windows.percent_off,
        case
            when windows.coupon_currency = windows.currency then windows.amount_off_minor
            else cast({{ json_member_text('coupons.currency_options', 'windows.currency', 'amount_off') }} as bigint)
        end as amount_off_minor,
        coupons.applies_to_products
    from windows
    left join coupons
        on windows.coupon_id = coupons.coupon_id and windows.account_id is not distinct from coupons.account_id
    where windows.valid_from < windows.valid_to
)

select * from final
