with

calls as (
    select
        {{ utc_date('usage.occurred_at') }} as date,
        usage.provider,
        usage.video_id,
        usage.credits,
        usage.cost_usd,
        usage.is_wasted,
        usage.is_internal,
        usage.app_reported_cost_usd,
        usage.variance_usd,
        case when videos.status = 'COMPLETED' then usage.video_id end as completed_video_id
    from {{ ref('fct_provider_usage') }} as usage
    left join {{ ref('stg_app__videos') }} as videos
        on usage.video_id = videos.video_id
    cross join {{ ref('stg_tillhouse__run_context') }} as run_context
    where {{ utc_date('usage.occurred_at') }} <= run_context.last_day
),

summed as (
    select
        date,
        provider,
        count(*) as calls,
        count(distinct video_id) as videos,
        count(distinct completed_video_id) as completed_videos,
        {{ total('credits', 'bigint') }} as credits,
        {{ total('cost_usd', 'numeric(20, 9)') }} as cost_usd,
        {{ total('case when is_wasted then cost_usd end', 'numeric(20, 9)') }} as wasted_cost_usd,
        {{ total('app_reported_cost_usd', 'numeric(20, 9)') }} as app_reported_cost_usd,
        {{ total('variance_usd', 'numeric(20, 9)') }} as variance_usd,
        {{ total('case when is_internal then cost_usd end', 'numeric(20, 9)') }} as internal_cost_usd
    from calls
    group by
        date,
        provider
),

final as (
    select
        date,
        provider,
        calls,
        videos,
        completed_videos,
        credits,
        cost_usd,
        wasted_cost_usd,
        app_reported_cost_usd,
        variance_usd,
        cast(case
            when completed_videos > 0
                then {{ round_ratio(whole('cost_usd * 1000000000'), 'completed_videos * 1000000000', 9) }}
        end as numeric(20, 9)) as cost_per_completed_video_usd,
        internal_cost_usd
    from summed
)

select * from final
