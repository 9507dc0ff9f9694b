with

final as (
    select
        {{ utc_date('videos.created_at') }} as date,
        videos.provider,
        count(*) as videos_requested,
        count(case when videos.status = 'COMPLETED' then 1 end) as videos_completed,
        count(case when videos.status = 'FAILED' then 1 end) as videos_failed,
        {{ total('videos.credits_used', 'bigint') }} as credits_used,
        {{ total('videos.credits_refunded', 'bigint') }} as credits_refunded
    from {{ ref('fct_videos') }} as videos
    cross join {{ ref('stg_tillhouse__run_context') }} as run_context
    where {{ utc_date('videos.created_at') }} <= run_context.last_day
    group by
        {{ utc_date('videos.created_at') }},
        videos.provider
)

select * from final
