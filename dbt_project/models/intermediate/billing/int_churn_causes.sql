{{ sliced() }}

with

dated as (
    select * from {{ ref('int_churn_endings') }}
),

classified as (
    select
        dated.customer_key,
        dated.churned_on,
        dated.subscription_id,
        dated.lost_usd,
        dated.plan_key,
        dated.effective_at,
        dated.cancellation_feedback,
        dated.cancellation_reason,
        dated.canceled_at,
        case
            when dated.is_ended and dated.is_by_deletion then 'admin'
            when dated.is_ended and dated.cancellation_reason = 'payment_failed' then 'involuntary_payment'
            when dated.is_ended and dated.cancellation_reason = 'payment_disputed' then 'involuntary_dispute'
            when dated.is_ended and dated.cancellation_reason = 'canceled_by_retention_policy' then 'admin'
            when dated.is_ended and dated.cancellation_reason is null and dated.is_failing_at_end
                then 'involuntary_payment'
            when dated.is_ended then 'voluntary'
            when dated.is_out_of_patience then 'involuntary_payment'
            else 'to_free'
        end as churn_type
    from dated
),

-- Of several subscriptions that ended on a day, the one that earned most gives the reason.
final as (
    select
        classified.*,
        row_number() over (
            partition by classified.customer_key, classified.churned_on
            order by classified.lost_usd desc, classified.effective_at desc, classified.subscription_id
        ) as cause_position
    from classified
)

select * from final
