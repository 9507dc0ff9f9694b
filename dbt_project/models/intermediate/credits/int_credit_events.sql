{{ sliced() }}

-- What happens at one instant goes in this order: lots end, credits come in, are given back, are taken back, are used.
-- Use that nobody ever gave back ("plain") takes no step of its own: it only adds to a running total.
with

entries as (
    select
        credit_transaction_id as entry_id,
        user_id,
        credits,
        video_id,
        payment_intent_id,
        coalesce(expires_at, {{ open_instant() }}) as expires_at,
        created_at,
        type,
        case
            when credits < 0 and type = 'USAGE' then 'use'
            when credits < 0 then 'take'
            when type = 'USAGE_REFUND' and video_id is not null then 'return'
            else 'grant'
        end as event
    from {{ ref('stg_app__credit_transactions') }}
    where credits <> 0
),

-- A return brings back what its video has taken and not got back before.
with_returns as (
    select
        entries.*,
        max(case when event = 'return' then 1 else 0 end) over (partition by user_id, video_id) as is_returned,
        case when event = 'return' then least(credits, greatest(0, coalesce(sum(
            case when event in ('use', 'return') then -credits else 0 end
        ) over (
            partition by user_id, video_id
            order by created_at, case when event = 'return' then 0 else 1 end, entry_id
            rows between unbounded preceding and 1 preceding
        ), 0))) else 0 end as returned
    from entries
),

events as (
    select
        user_id, created_at as happened_at, 20 as place, 'grant' as event, entry_id, type, credits, video_id, payment_intent_id,
        expires_at
    from with_returns
    where event = 'grant'
    union all
    -- What a return brings beyond that is a gift.
    select user_id, created_at, 20, 'grant', entry_id, type, credits - returned, video_id, null, {{ open_instant() }}
    from with_returns
    where event = 'return' and returned < credits
    union all
    select
        user_id, greatest(expires_at, created_at), case when expires_at > created_at then 10 else 25 end, 'end', entry_id, type,
        0, null, null, expires_at
    from with_returns
    cross join {{ ref('stg_tillhouse__run_context') }} as run_context
    where event = 'grant' and greatest(expires_at, created_at) <= run_context.now_at
    union all
    select user_id, created_at, 30, 'return', entry_id, type, returned, video_id, null, null
    from with_returns
    where event = 'return' and returned > 0
    union all
    select user_id, created_at, 40, 'take', entry_id, type, -credits, video_id, payment_intent_id, null
    from with_returns
    where event = 'take'
    union all
    select
        user_id, created_at, 50, case when is_returned = 1 then 'use' else 'plain use' end, entry_id, type, -credits, video_id,
        null, null
    from with_returns
    where event = 'use'
    union all
    select user_id, {{ open_instant() }}, 90, 'last', concat('last:', user_id), null, 0, null, null, null
    from entries
    group by user_id
),

ordered as (
    select
        events.*,
        cast(coalesce(sum(case when event = 'plain use' then 0 else 1 end) over earlier, 0) + 1 as bigint) as step,
        coalesce(sum(case when event = 'plain use' then credits else 0 end) over earlier, 0) as used_before
    from events
    window earlier as (
        partition by user_id order by happened_at, place, entry_id rows between unbounded preceding and 1 preceding
    )
),

final as (
    select
        user_id, step, happened_at, event, entry_id, type, cast(credits as bigint) as credits, video_id, payment_intent_id,
        expires_at,
        cast(used_before - min(used_before) over (partition by user_id, step) as bigint) as used_from
    from ordered
)

select * from final
