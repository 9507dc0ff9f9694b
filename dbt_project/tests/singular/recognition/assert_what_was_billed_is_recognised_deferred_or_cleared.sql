-- Identity 20: recognised on all days, still deferred and cleared is what was billed; and nothing was taken back twice.
with

days as (
    select
        source_object_id,
        sum(recognised_usd) as recognised_usd,
        sum(contra_usd) as contra_usd
    from {{ ref('fct_revenue_recognition_days') }}
    group by source_object_id
)

select
    sources.source_object_id,
    concat(
        sources.source_object_id, ' came to ', cast(sources.line_usd as text), ', but ', cast(sources.recognised_usd as text),
        ' are recognised (by days ', cast(coalesce(days.recognised_usd, 0) as text), '), ', cast(sources.deferred_usd as text),
        ' deferred and ', cast(sources.cleared_usd as text), ' cleared'
    ) as message
from {{ ref('rec_revenue_recognition') }} as sources
left join days
    on sources.source_object_id = days.source_object_id
where
    sources.line_usd is null
    or sources.recognised_usd + sources.deferred_usd + sources.cleared_usd <> sources.line_usd
    or sources.recognised_usd <> coalesce(days.recognised_usd, 0)
    or sources.contra_usd <> coalesce(days.contra_usd, 0)
    or abs(sources.contra_usd + sources.cleared_usd) > abs(sources.line_usd)
