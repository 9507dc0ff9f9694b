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
        usage.variance_usd
    from {{ ref('fct_provider_usage') }} as usage
    cross join {{ ref('stg_tillhouse__run_context') }} as run_context
    where {{ utc_date('usage.occurred_at') }} <= run_context.last_day
),

-- By video first: counting it once is then no matter of looking for doubles.
by_video as (
    select
        date,
        provider,
        video_id,
        count(*) as calls,
        sum(credits) as credits,
        sum(cost_usd) as cost_usd,
        sum(case when is_wasted then cost_usd end) as wasted_cost_usd,
        sum(app_reported_cost_usd) as app_reported_cost_usd,
        sum(variance_usd) as variance_usd,
        sum(case when is_internal then cost_usd end) as internal_cost_usd
    from calls
    group by
        date,
        provider,
        video_id
),

summed as (
    select
        by_video.date,
        by_video.provider,
        {{ total('by_video.calls', 'bigint') }} as calls,
        count(by_video.video_id) as videos,
        count(case when videos.status = 'COMPLETED' then by_video.video_id end) as completed_videos,
        {% for amount in ['cost', 'wasted_cost', 'app_reported_cost', 'variance', 'internal_cost'] -%}
        {{ total('by_video.' ~ amount ~ '_usd', 'numeric(20, 9)') }} as {{ amount }}_usd,
        {% endfor -%}
        {{ total('by_video.credits', 'bigint') }} as credits
    from by_video
    left join {{ ref('stg_app__videos') }} as videos
        on by_video.video_id = videos.video_id
    group by
        by_video.date,
        by_video.provider
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
