{{ sliced('document_id', keep='source_object_id') }}

with

days as (
    select
        source_object_id,
        date,
        recognised_usd,
        contra_usd,
        'ratable' as method
    from {{ ref('int_line_recognition_days') }}
    union all
    select
        source_object_id,
        date,
        recognised_usd,
        contra_usd,
        case when is_breakage then 'breakage' else 'usage' end
    from {{ ref('int_pack_recognition_days') }}
),

final as (
    select
        days.source_object_id,
        days.date,
        sources.stream,
        days.recognised_usd,
        days.contra_usd,
        days.method,
        sources.customer_key,
        sources.plan_key,
        internal.customer_key is not null as is_internal,
        sources.document_id
    from days
    inner join {{ ref('int_recognition_sources') }} as sources
        on days.source_object_id = sources.source_object_id
    left join {{ ref('int_internal_customers') }} as internal
        on sources.customer_key = internal.customer_key
)

select * from final
