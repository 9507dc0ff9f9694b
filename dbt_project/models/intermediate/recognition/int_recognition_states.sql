{{ sliced('document_id') }}

{#
    How a source's revenue runs, state by state; the first has nothing taken back. What is taken back comes first from what
    is recognised through the day before (contra), then from what is still to come, in proportion (cleared). A line
    runs over days from `anchor`, a pack over credits: `units` of them are to come.
#}
{%- set done = "case when method = 'usage' then future_usd - " ~ share_of('future_usd', 'remaining', 'greatest(units, 1)')
    ~ " else " ~ even_share('future_usd', 'units', 'elapsed') ~ " end" -%}
{%- set usd = 'numeric(20, 6)' -%}

with recursive

sources as (
    select * from {{ ref('int_recognition_sources') }}
),

starts as (
    select source_object_id, date '0001-01-01' as state_from
    from sources
    union all
    select source_object_id, state_from
    from {{ ref('int_reversal_steps') }}
    where position = 1
),

runs as (
    select
        sources.source_object_id, starts.state_from, sources.method, cast(0 as bigint) as position, sources.first_day as anchor,
        cast(coalesce(sources.credits, sources.days) as bigint) as units, cast(sources.net_usd as {{ usd }}) as future_usd,
        cast(0 as {{ usd }}) as recognised_usd, cast(0 as {{ usd }}) as contra_usd, cast(0 as {{ usd }}) as cleared_usd
    from starts
    inner join sources on starts.source_object_id = sources.source_object_id
    union all
    select
        source_object_id, state_from, method, position, greatest(anchor, happened_on),
        cast(case when method = 'usage' then remaining else units - elapsed end as bigint),
        cast(future_usd - done_usd - (taken_usd - contra_usd - cleared_usd - more_contra_usd) as {{ usd }}),
        cast(recognised_usd + done_usd as {{ usd }}),
        cast(contra_usd + more_contra_usd as {{ usd }}),
        cast(taken_usd - contra_usd - more_contra_usd as {{ usd }})
    from (
        select
            reached.*,
            case
                when future_usd + recognised_usd + cleared_usd >= 0
                    then greatest(0, least(taken_usd - contra_usd - cleared_usd, recognised_usd + done_usd - contra_usd))
                else least(0, greatest(taken_usd - contra_usd - cleared_usd, recognised_usd + done_usd - contra_usd))
            end as more_contra_usd
        from (
            select
                elapsed.*,
                {{ done }} as done_usd
            from (
                select
                    runs.source_object_id, runs.state_from, runs.method, runs.anchor, runs.units, runs.future_usd,
                    runs.recognised_usd, runs.contra_usd, runs.cleared_usd, steps.position, steps.happened_on,
                    steps.taken_usd, steps.remaining,
                    least(greatest({{ days_between('runs.anchor', 'steps.happened_on') }}, 0), runs.units) as elapsed
                from runs
                inner join {{ ref('int_reversal_steps') }} as steps
                    on
                        runs.source_object_id = steps.source_object_id
                        and runs.state_from = steps.state_from
                        and runs.position + 1 = steps.position
                        and steps.is_taken
            ) as elapsed
        ) as reached
    ) as settled
),

ranked as (
    select
        runs.*,
        row_number() over (partition by source_object_id, state_from order by position desc) as recency
    from runs
),

final as (
    select
        ranked.source_object_id,
        sources.document_id,
        ranked.method,
        ranked.state_from,
        lead(ranked.state_from) over (partition by ranked.source_object_id order by ranked.state_from) as next_state_from,
        ranked.anchor,
        ranked.units,
        ranked.future_usd,
        ranked.recognised_usd,
        ranked.contra_usd,
        ranked.cleared_usd
    from ranked
    inner join sources
        on ranked.source_object_id = sources.source_object_id
    where ranked.recency = 1
)

select * from final
