{{ sliced() }}

with

windows as (
    select * from {{ ref('int_subscription_windows') }}
),

turning_days as (
    select subscription_id, valid_from as turning_day
    from windows
    union
    select subscription_id, valid_to as turning_day
    from windows
),

spans as (
    select
        turning_days.subscription_id,
        turning_days.turning_day as valid_from,
        lead(turning_days.turning_day) over (
            partition by turning_days.subscription_id order by turning_days.turning_day
        ) as valid_to
    from turning_days
),

span_windows as (
    select
        spans.subscription_id,
        spans.valid_from,
        spans.valid_to,
        bool_or(windows.window_kind = 'live') as is_live,
        bool_or(windows.window_kind = 'trial') as is_trial,
        bool_or(windows.window_kind = 'awaiting_payment') as is_awaiting_payment,
        bool_or(windows.window_kind = 'unpaid') as is_unpaid,
        bool_or(windows.window_kind = 'paused') as is_paused,
        bool_or(windows.window_kind = 'beyond_grace') as is_beyond_grace,
        bool_or(windows.window_kind = 'past_due') as is_past_due,
        max(case when windows.window_kind = 'paused' then windows.history_source end) as pause_source
    from spans
    inner join windows
        on spans.subscription_id = windows.subscription_id and {{ holds_day('windows', 'spans.valid_from') }}
    where spans.valid_to is not null
    group by spans.subscription_id, spans.valid_from, spans.valid_to
),

judged as (
    select
        span_windows.subscription_id,
        span_windows.valid_from,
        span_windows.valid_to,
        case
            when span_windows.is_trial then 'trialing'
            when span_windows.is_unpaid then 'none'
            when span_windows.is_awaiting_payment then 'awaiting_payment'
            when not span_windows.is_live then 'none'
            when span_windows.is_paused then 'paused'
            when span_windows.is_beyond_grace then 'beyond_grace'
            when span_windows.is_past_due then 'past_due'
            else 'active'
        end as subscription_state,
        span_windows.pause_source
    from span_windows
),

final as (
    select
        judged.subscription_id,
        judged.valid_from,
        judged.valid_to,
        judged.subscription_state,
        case when judged.subscription_state = 'paused' then judged.pause_source end as state_source
    from judged
    where judged.subscription_state <> 'none'
)

select * from final
