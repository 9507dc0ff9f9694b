{{ sliced(also=[
    'source_object_id in (select source_object_id from ' ~ in_slice('went_int_recognition_sources')
    ~ ' union all select source_object_id from ' ~ in_slice('int_recognition_sources') ~ ')',
]) }}

with

run_context as (
    select last_day from {{ ref('stg_tillhouse__run_context') }}
),

recognised as (
    select
        source_object_id,
        sum(recognised_usd) as recognised_usd,
        sum(contra_usd) as contra_usd
    from {{ ref('fct_revenue_recognition_days') }}
    group by source_object_id
),

packs as (
    select
        lot_id,
        remaining
    from {{ ref('int_pack_days') }}
    where next_date is null
),

states as (
    select
        states.*,
        least(greatest({{ days_between('states.anchor', 'run_context.last_day') }} + 1, 0), states.units) as elapsed,
        coalesce(packs.remaining, 0) as remaining
    from {{ ref('int_recognition_states') }} as states
    cross join run_context
    left join packs
        on states.source_object_id = packs.lot_id
    where states.next_state_from is null
),

-- Deferred is what the schedule still holds, not what is left over.
final as (
    select
        sources.source_object_id,
        sources.stream,
        sources.customer_key,
        sources.billed_on,
        cast(sources.net_usd as numeric(20, 6)) as line_usd,
        cast(coalesce(recognised.recognised_usd, 0) as numeric(20, 6)) as recognised_usd,
        cast(case
            when states.method = 'usage'
                then {{ share_of('states.future_usd', 'states.remaining', 'greatest(states.units, 1)') }}
            else states.future_usd - {{ even_share('states.future_usd', 'states.units', 'states.elapsed') }}
        end as numeric(20, 6)) as deferred_usd,
        states.cleared_usd,
        cast(coalesce(recognised.contra_usd, 0) as numeric(20, 6)) as contra_usd
    from {{ ref('int_recognition_sources') }} as sources
    inner join states
        on sources.source_object_id = states.source_object_id
    left join recognised
        on sources.source_object_id = recognised.source_object_id
)

select * from final
