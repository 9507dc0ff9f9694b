-- Identity 16: what a charge took was given back, taken back or kept, and the refunds and disputes say the same.
with

refunded as (
    select
        charge_id,
        sum(amount_minor) as refunded_minor
    from {{ ref('fct_refunds') }}
    where status not in ('failed', 'canceled') and not is_capture_release
    group by charge_id
),

disputed as (
    select
        charge_id,
        sum(disputed_minor) as disputed_minor
    from {{ ref('fct_disputes') }}
    group by charge_id
)

select
    concat(
        'charge ', payments.charge_id, ' took ', payments.captured_minor, ', but ', payments.refunded_minor,
        ' refunded (by its refunds ', coalesce(refunded.refunded_minor, 0), '), ', payments.disputed_minor,
        ' disputed (by its disputes ', coalesce(disputed.disputed_minor, 0), ') and ', payments.retained_minor,
        ' kept are not that'
    ) as message
from {{ ref('fct_payments') }} as payments
left join refunded on payments.charge_id = refunded.charge_id
left join disputed on payments.charge_id = disputed.charge_id
where
    payments.captured_minor <> payments.refunded_minor + payments.disputed_minor + payments.retained_minor
    or payments.refunded_minor <> coalesce(refunded.refunded_minor, 0)
    or payments.disputed_minor <> coalesce(disputed.disputed_minor, 0)
