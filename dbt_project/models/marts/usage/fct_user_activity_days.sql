{{ sliced('user_id') }}

with

final as (
    select
        videos.user_id,
        {{ utc_date('videos.created_at') }} as date,
        count(*) as core_actions,
        {{ total('videos.credits_used', 'bigint') }} as credits_used,
        videos.is_internal
    from {{ ref('fct_videos') }} as videos
    group by
        videos.user_id,
        {{ utc_date('videos.created_at') }},
        videos.is_internal
)

select * from final
