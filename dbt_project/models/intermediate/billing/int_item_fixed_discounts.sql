{{ sliced() }}

with

applied as (
    select * from {{ ref('int_discount_applications') }}
    where amount_off_minor > 0 and share_weight > 0
),

-- A fixed amount is shared by weight, whole minor units, what is left over going to the largest remainders.
quotas as (
    select
        applied.subscription_item_id,
        applied.subscription_id,
        applied.valid_from,
        applied.discount_id,
        applied.amount_off_minor,
        applied.amount_off_minor * applied.share_weight as share_numerator,
        sum(applied.share_weight) over (
            partition by applied.subscription_id, applied.discount_id, applied.valid_from
        ) as share_denominator
    from applied
),

floors as (
    select
        quotas.*,
        {{ whole_quotient('quotas.share_numerator', 'quotas.share_denominator') }} as floor_minor,
        row_number() over (
            partition by quotas.subscription_id, quotas.discount_id, quotas.valid_from
            order by quotas.share_numerator % quotas.share_denominator desc, quotas.subscription_item_id
        ) as remainder_position
    from quotas
),

shared as (
    select
        floors.*,
        floors.amount_off_minor - sum(floors.floor_minor) over (
            partition by floors.subscription_id, floors.discount_id, floors.valid_from
        ) as left_over_minor
    from floors
),

final as (
    select
        shared.subscription_item_id,
        shared.valid_from,
        sum(
            shared.floor_minor + case when shared.remainder_position <= shared.left_over_minor then 1 else 0 end
        ) as fixed_off_minor
    from shared
    group by shared.subscription_item_id, shared.valid_from
)

select * from final
