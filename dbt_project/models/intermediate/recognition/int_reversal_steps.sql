{{ sliced() }}

-- Each day on which something of a source was taken back, or that was undone, begins a state; a state is told from the
-- start, in steps, with what holds in it: how much of the source is taken back in all by each of its days.
with

sources as (
    select * from {{ ref('int_recognition_sources') }}
),

reversals as (
    select
        reversals.*,
        run_context.last_day
    from {{ ref('int_revenue_reversals') }} as reversals
    inner join {{ ref('stg_tillhouse__run_context') }} as run_context
        on reversals.happened_on <= run_context.last_day
),

state_days as (
    select
        document_id,
        happened_on as state_from
    from reversals
    union
    select
        document_id,
        undone_on
    from reversals
    where undone_on <= last_day
),

states as (
    select
        sources.source_object_id,
        sources.document_id,
        sources.net_usd,
        sources.total_minor,
        state_days.state_from
    from sources
    inner join state_days
        on sources.document_id = state_days.document_id
),

daily as (
    select
        states.source_object_id,
        states.state_from,
        states.net_usd,
        states.total_minor,
        reversals.happened_on,
        sum(reversals.amount_minor) as amount_minor,
        max(case when reversals.reversal_id is not null and reversals.amount_minor is null then 1 else 0 end) as is_all
    from states
    left join reversals
        on
            states.document_id = reversals.document_id
            and states.state_from >= reversals.happened_on
            and (reversals.undone_on is null or states.state_from < reversals.undone_on)
    group by
        states.source_object_id, states.state_from, states.net_usd, states.total_minor, reversals.happened_on
),

running as (
    select
        daily.*,
        row_number() over by_day as position,
        least(sum(coalesce(daily.amount_minor, 0)) over by_day, daily.total_minor) as taken_minor,
        max(daily.is_all) over by_day as is_all_by_then
    from daily
    window by_day as (partition by daily.source_object_id, daily.state_from order by daily.happened_on)
),

-- A state in which nothing holds any more begins as well: everything runs as if nothing had ever been taken back.
final as (
    select
        running.source_object_id,
        running.state_from,
        running.position,
        coalesce(running.happened_on, running.state_from) as happened_on,
        running.happened_on is not null as is_taken,
        case
            when running.is_all_by_then = 1 then running.net_usd
            when running.total_minor > 0 then {{ share_of('running.net_usd', 'running.taken_minor', 'running.total_minor') }}
            else cast(0 as numeric(20, 6))
        end as taken_usd,
        coalesce(packs.remaining, 0) as remaining
    from running
    left join {{ ref('int_pack_days') }} as packs
        on
            running.source_object_id = packs.lot_id
            and packs.date < coalesce(running.happened_on, running.state_from)
            and (packs.next_date is null or packs.next_date >= coalesce(running.happened_on, running.state_from))
)

select * from final
