{{ sliced('subscription_id') }}

with

lives as (
    select * from {{ ref('int_subscription_lives') }}
),

spells as (
    select spells.*, lives.ended_at from {{ ref('int_dunning_spells') }} as spells
    inner join lives on spells.subscription_id = lives.subscription_id
),

pauses as (
    select pauses.*, lives.ended_at from {{ ref('int_pause_windows') }} as pauses
    inner join lives on pauses.subscription_id = lives.subscription_id
),

-- `precedence` orders what happens at one instant.
happenings as (
    select
        subscription_id, 'trial_started' as event_type, trial_started_at as occurred_at, 'line' as history_source,
        1 as precedence
    from lives
    union all
    select
        subscription_id, case when trial_started_at is null then 'started' else 'trial_converted' end, started_at, 'line', 2
    from lives
    union all
    select subscription_id, 'past_due', past_due_at, 'line', 3
    from spells
    where past_due_at < resolved_at
    union all
    select subscription_id, 'unpaid', unpaid_at, history_source, 4
    from {{ ref('int_unpaid_spells') }}
    union all
    select subscription_id, 'recovered', resolved_at, 'line', 5
    from spells
    where resolved_at < ended_at
    union all
    select subscription_id, 'paused', paused_at, history_source, 6
    from pauses
    union all
    select subscription_id, 'resumed', resumed_at, history_source, 7
    from pauses
    where resumed_at < ended_at
    union all
    select subscription_id, event_type, changed_at, history_source, 8
    from {{ ref('int_subscription_plan_changes') }}
    union all
    select subscription_id, event_type, occurred_at, history_source, 9
    from {{ ref('int_cancel_requests') }}
    union all
    select subscription_id, 'ended', ended_at, 'observed', 10
    from lives
),

told_at as (
    select subscription_id, event_at as occurred_at, min(event_id) as source_event_id
    from {{ ref('stg_stripe__subscription_events') }}
    group by subscription_id, event_at
),

final as (
    select
        happenings.subscription_id,
        row_number() over (
            partition by happenings.subscription_id
            order by happenings.occurred_at, happenings.precedence, happenings.event_type
        ) as event_seq,
        happenings.event_type,
        happenings.occurred_at,
        lives.customer_key,
        lives.is_internal,
        changes.before_plan_key as from_plan_key,
        changes.after_plan_key as to_plan_key,
        changes.list_mrr_before_usd,
        changes.list_mrr_after_usd,
        case when happenings.event_type = 'ended' then lives.cancellation_reason end as reason,
        case when happenings.event_type = 'ended' then lives.cancellation_feedback else requests.feedback end as feedback,
        happenings.history_source,
        told_at.source_event_id
    from happenings
    inner join lives on happenings.subscription_id = lives.subscription_id
    inner join {{ ref('stg_tillhouse__run_context') }} as run_context on happenings.occurred_at <= run_context.now_at
    left join told_at
        on happenings.subscription_id = told_at.subscription_id and happenings.occurred_at = told_at.occurred_at
    left join {{ ref('int_subscription_plan_changes') }} as changes
        on
            happenings.subscription_id = changes.subscription_id
            and happenings.event_type = changes.event_type
            and happenings.occurred_at = changes.changed_at
    left join {{ ref('int_cancel_requests') }} as requests
        on
            happenings.subscription_id = requests.subscription_id
            and happenings.event_type = requests.event_type
            and happenings.occurred_at = requests.occurred_at
)

select * from final
