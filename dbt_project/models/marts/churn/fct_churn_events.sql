{{ sliced('customer_key') }}

with

lost_days as (
    select * from {{ ref('int_lost_customer_days') }}
),

causes as (
    select * from {{ ref('int_churn_causes') }}
),

arrivals as (
    select customer_key, period_start as arrived_on
    from {{ ref('int_mrr_customer_periods') }}
    where period_type = 'day' and opening_usd = 0 and closing_usd > 0
),

described as (
    select
        customer_key,
        churned_on,
        max(case when cause_position = 1 then churn_type end) as churn_type,
        max(case when cause_position = 1 then cancellation_reason end) as reason,
        max(case when cause_position = 1 then cancellation_feedback end) as feedback,
        max(case when cause_position = 1 then plan_key end) as plan_key,
        max(case when cause_position = 1 then subscription_id end) as subscription_id,
        min(case when churn_type = 'voluntary' then canceled_at end) as requested_at,
        max(effective_at) as effective_at
    from causes
    group by customer_key, churned_on
),

spells as (
    select
        lost_days.customer_key,
        lost_days.churned_on,
        lost_days.lost_usd,
        lag(lost_days.churned_on) over (
            partition by lost_days.customer_key order by lost_days.churned_on
        ) as previous_churned_on
    from lost_days
),

timed as (
    select
        spells.customer_key,
        spells.churned_on,
        spells.lost_usd,
        min(case
            when
                arrivals.arrived_on < spells.churned_on
                and (spells.previous_churned_on is null or arrivals.arrived_on > spells.previous_churned_on)
                then arrivals.arrived_on
        end) as arrived_on,
        min(case when arrivals.arrived_on > spells.churned_on then arrivals.arrived_on end) as reactivated_on
    from spells
    inner join arrivals on spells.customer_key = arrivals.customer_key
    group by spells.customer_key, spells.churned_on, spells.lost_usd
),

final as (
    select
        timed.customer_key,
        timed.churned_on,
        cast(timed.lost_usd as numeric(20, 6)) as mrr_lost_usd,
        described.churn_type,
        described.reason,
        described.feedback,
        described.requested_at,
        described.effective_at,
        {{ days_between('timed.arrived_on', 'timed.churned_on') }} as tenure_days,
        described.plan_key,
        timed.reactivated_on,
        described.subscription_id
    from timed
    inner join described
        on timed.customer_key = described.customer_key and timed.churned_on = described.churned_on
)

select * from final
