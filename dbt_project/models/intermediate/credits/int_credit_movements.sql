{{ sliced() }}

-- Out of a lot is positive: used, ended, taken back; returned to it is negative. Beyond all credits a user's overdraft
-- lends, and what it lent is taken back from the next credits that come in.
with

steps as (
    select * from {{ ref('int_credit_lot_steps') }}
),

-- Plain use is laid over what its step took from the lots: both are cumulative sums over the same credits.
plainly_used as (
    select
        entries.user_id,
        steps.lot_id,
        entries.entry_id,
        'use' as movement,
        least(entries.used_from + entries.credits, steps.used_from + steps.used)
        - greatest(entries.used_from, steps.used_from) as credits,
        entries.happened_at
    from {{ ref('int_credit_events') }} as entries
    inner join steps
        on
            entries.user_id = steps.user_id
            and entries.step = steps.step
            and entries.used_from < steps.used_from + steps.used
            and steps.used_from < entries.used_from + entries.credits
    where entries.event = 'plain use' and steps.used > 0
),

moved as (
    select user_id, lot_id, entry_id, movement, credits, happened_at
    from plainly_used
    union all
    select
        user_id,
        lot_id,
        entry_id,
        case when event = 'use' then 'use' when type = 'EXPIRY' then 'expire' else 'claw back' end,
        taken,
        happened_at
    from steps
    where taken > 0
    union all
    select user_id, lot_id, entry_id, 'use', -returned, happened_at
    from steps
    where returned > 0
    union all
    select user_id, lot_id, concat('debt:', entry_id), 'claw back', repaid, happened_at
    from steps
    where repaid > 0
    union all
    select user_id, lot_id, entry_id, 'expire', credits, happened_at
    from {{ ref('int_credit_expiries') }}
    where lot_id is not null
),

final as (
    select
        user_id,
        lot_id,
        entry_id,
        movement,
        cast(sum(credits) as bigint) as credits,
        happened_at
    from moved
    group by user_id, lot_id, entry_id, movement, happened_at
)

select * from final
