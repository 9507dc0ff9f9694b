{{ sliced() }}

-- What ended in lots and the application's own EXPIRY entries, laid side by side at each instant. What ended without an
-- entry (the application is late, or forgets) gets one added; what an entry says once more is taken back by an added
-- one: ledger and lots never differ.
{%- set earlier = 'rows between unbounded preceding and 1 preceding' %}

with

ended as (
    select
        steps.user_id,
        steps.happened_at,
        steps.lot_id,
        steps.entry_id as cause_id,
        steps.ended as credits,
        coalesce(sum(steps.ended) over (
            partition by steps.user_id, steps.happened_at order by steps.step, steps.lot_id, steps.held_since {{ earlier }}
        ), 0) as begins
    from {{ ref('int_credit_lot_steps') }} as steps
    where steps.ended > 0
),

-- An EXPIRY beyond all that had ended has taken credits from lots itself; the rest of it is compared.
written as (
    select
        events.user_id,
        events.happened_at,
        events.entry_id,
        events.credits - coalesce(sum(steps.taken), 0) as credits
    from {{ ref('int_credit_events') }} as events
    left join {{ ref('int_credit_lot_steps') }} as steps
        on events.user_id = steps.user_id and events.step = steps.step and steps.event = 'take'
    where events.type = 'EXPIRY' and events.event = 'take'
    group by events.user_id, events.happened_at, events.entry_id, events.credits
),

instants as (
    select
        user_id,
        happened_at,
        sum(ended) as ended,
        sum(written) as written,
        concat('expiry:', min(cause_id)) as added_entry_id
    from (
        select user_id, happened_at, credits as ended, 0 as written, cause_id
        from ended
        union all
        select user_id, happened_at, 0, credits, entry_id
        from written
    ) as both_sides
    group by user_id, happened_at
),

entries as (
    select
        written.user_id,
        written.happened_at,
        written.entry_id,
        written.credits,
        coalesce(sum(written.credits) over (
            partition by written.user_id, written.happened_at order by written.entry_id {{ earlier }}
        ), 0) as begins
    from written
    union all
    select user_id, happened_at, added_entry_id, ended - written, written
    from instants
    where ended > written
),

final as (
    select
        ended.user_id,
        ended.happened_at,
        entries.entry_id,
        ended.lot_id,
        cast(
            least(ended.begins + ended.credits, entries.begins + entries.credits) - greatest(ended.begins, entries.begins)
            as bigint
        ) as credits,
        instants.added_entry_id = entries.entry_id as is_added
    from ended
    inner join entries
        on
            ended.user_id = entries.user_id
            and ended.happened_at = entries.happened_at
            and ended.begins < entries.begins + entries.credits
            and entries.begins < ended.begins + ended.credits
    inner join instants
        on ended.user_id = instants.user_id and ended.happened_at = instants.happened_at
    union all
    select user_id, happened_at, added_entry_id, null, cast(written - ended as bigint), true
    from instants
    where ended < written
)

select * from final
