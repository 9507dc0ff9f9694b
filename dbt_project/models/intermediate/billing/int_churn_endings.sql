{{ sliced() }}

with

lost_subscriptions as (
    select * from {{ ref('int_lost_subscriptions') }}
),

lives as (
    select * from {{ ref('int_subscription_lives') }}
),

spells as (
    select * from {{ ref('int_dunning_spells') }}
),

unpaid_spells as (
    select * from {{ ref('int_unpaid_spells') }}
),

last_ends as (
    select customer_key, max(ended_at) as last_ended_at
    from lives
    where started_at is not null
    group by customer_key
),

-- When patience with an unpaid bill ran out that day, if it did.
patience as (
    select
        lost_subscriptions.subscription_id,
        lost_subscriptions.churned_on,
        min(case
            when {{ utc_date('unpaid_spells.unpaid_at') }} = lost_subscriptions.churned_on then unpaid_spells.unpaid_at
            when {{ utc_date('spells.grace_ends_at') }} = lost_subscriptions.churned_on then spells.grace_ends_at
        end) as patience_ended_at,
        max(spells.resolved_at) as last_resolved_at
    from lost_subscriptions
    inner join spells on lost_subscriptions.subscription_id = spells.subscription_id
    left join unpaid_spells
        on
            spells.subscription_id = unpaid_spells.subscription_id
            and spells.spell_number = unpaid_spells.spell_number
    group by lost_subscriptions.subscription_id, lost_subscriptions.churned_on
),

final as (
    select
        lost_subscriptions.*,
        lives.canceled_at,
        lives.cancellation_reason,
        lives.cancellation_feedback,
        {{ utc_date('lives.ended_at') }} = lost_subscriptions.churned_on as is_ended,
        coalesce(
            case when {{ utc_date('lives.ended_at') }} = lost_subscriptions.churned_on then lives.ended_at end,
            patience.patience_ended_at,
            {{ utc_midnight('lost_subscriptions.churned_on') }}
        ) as effective_at,
        patience.patience_ended_at is not null as is_out_of_patience,
        coalesce(patience.last_resolved_at = lives.ended_at, false) as is_failing_at_end,
        -- A deletion ends everything at once. Where its instant is known, within a minute; where only the tombstone
        -- is left, the customer's last end without a failing payment or a request ahead of it.
        coalesce(
            lives.ended_at >= {{ shift_seconds('lives.customer_deleted_at', -60) }}
            and lives.ended_at <= {{ shift_seconds('lives.customer_deleted_at', 60) }},
            lives.is_customer_deleted
            and lives.ended_at = last_ends.last_ended_at
            and lives.cancellation_feedback is null
            and lives.canceled_at >= {{ shift_seconds('lives.ended_at', -60) }}
            and not coalesce(patience.last_resolved_at = lives.ended_at, false)
        ) as is_by_deletion
    from lost_subscriptions
    inner join lives on lost_subscriptions.subscription_id = lives.subscription_id
    inner join last_ends on lives.customer_key = last_ends.customer_key
    left join patience
        on
            lost_subscriptions.subscription_id = patience.subscription_id
            and lost_subscriptions.churned_on = patience.churned_on
)

select * from final
