{{ sliced() }}

with

lives as (
    select * from {{ ref('int_subscription_lives') }}
),

spells as (
    select * from {{ ref('int_dunning_spells') }}
),

unpaid_spells as (
    select * from {{ ref('int_unpaid_spells') }}
),

pause_windows as (
    select * from {{ ref('int_pause_windows') }}
),

windows as (
    select
        subscription_id, 'live' as window_kind, started_at as starts_at, ended_at as ends_at, 'line' as history_source
    from lives
    where started_at is not null
    union all
    select subscription_id, 'trial', trial_started_at, least(trial_ends_at, ended_at), 'line'
    from lives
    where trial_started_at is not null
    union all
    -- Stripe calls a subscription active when its trial is over, or when its bills are sent to be paid, whether or not
    -- the first one is.
    select
        subscription_id, 'awaiting_payment', coalesce(trial_ends_at, created_at),
        least(coalesce(started_at, {{ open_instant() }}), ended_at), 'line'
    from lives
    where (trial_started_at is not null and status <> 'paused') or (trial_started_at is null and is_billed_by_mail)
    union all
    select subscription_id, 'past_due', past_due_at, resolved_at, 'line'
    from spells
    union all
    select subscription_id, 'beyond_grace', grace_ends_at, resolved_at, 'line'
    from spells
    union all
    select subscription_id, 'unpaid', unpaid_at, resolved_at, history_source
    from unpaid_spells
    union all
    select subscription_id, 'paused', paused_at, resumed_at, history_source
    from pause_windows
),

-- A day is judged by its last instant: what begins and ends within one day leaves no trace.
final as (
    select
        windows.subscription_id,
        windows.window_kind,
        windows.starts_at,
        windows.ends_at,
        {{ utc_date('windows.starts_at') }} as valid_from,
        {{ utc_date('windows.ends_at') }} as valid_to,
        windows.history_source
    from windows
    where windows.starts_at < windows.ends_at
)

select * from final
where valid_from < valid_to
