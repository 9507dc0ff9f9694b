{{ by_period() }}
{#- Whom the company counts as its own moves days as well. #} {%- do ref('dim_customers') %}

with

calls as (
    select
        {{ utc_date('usage.occurred_at') }} as date,
        usage.provider,
        usage.video_id,
        usage.attempt_no,
        usage.credits,
        usage.cost_usd,
        usage.is_wasted,
        usage.is_internal,
        usage.app_reported_cost_usd,
        usage.variance_usd
    from {{ ref('fct_provider_usage') }} as usage
    cross join {{ ref('stg_tillhouse__run_context') }} as run_context
    where
        {{ utc_date('usage.occurred_at') }} <= run_context.last_day
        {{- of_changed_periods(utc_date('usage.occurred_at'), 'and') }}
),

called_again as (
    select distinct video_id
    from calls
    where attempt_no > 1 and video_id is not null
),

-- A video counts once for a day and provider. Doubles are looked for only where there may be some: of all calls
-- that is what this table costs most.
videos_called as (
    select calls.date, calls.provider, calls.video_id
    from calls
    left join called_again on calls.video_id = called_again.video_id
    where calls.video_id is not null and called_again.video_id is null
    union all
    select distinct calls.date, calls.provider, calls.video_id
    from calls
    inner join called_again on calls.video_id = called_again.video_id
),

counted as (
    select
        videos_called.date,
        videos_called.provider,
        count(*) as videos,
        count(case when videos.status = 'COMPLETED' then 1 end) as completed_videos
    from videos_called
    left join {{ ref('stg_app__videos') }} as videos on videos_called.video_id = videos.video_id
    group by videos_called.date, videos_called.provider
),

costs as (
    select
        date,
        provider,
        count(*) as calls,
        {{ total('credits', 'bigint') }} as credits,
        {{ total('cost_usd', 'numeric(20, 9)') }} as cost_usd,
        {{ total('case when is_wasted then cost_usd end', 'numeric(20, 9)') }} as wasted_cost_usd,
        {{ total('app_reported_cost_usd', 'numeric(20, 9)') }} as app_reported_cost_usd,
        {{ total('variance_usd', 'numeric(20, 9)') }} as variance_usd,
        {{ total('case when is_internal then cost_usd end', 'numeric(20, 9)') }} as internal_cost_usd
    from calls
    group by date, provider
),

summed as (
    select
        costs.*,
        coalesce(counted.videos, 0) as videos,
        coalesce(counted.completed_videos, 0) as completed_videos
    from costs
    left join counted on costs.date = counted.date and costs.provider is not distinct from counted.provider
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
