-- Identity 27, of calls: what all cost is what videos cost and calls of none, and no call is lost or doubled on its way
-- from staging. That days make the same, internal ones apart, is said by `assert_calls_cost_what_their_days_say`; that
-- customers and nobody make the same as the days, by `assert_margin_is_the_same_from_every_side`.
with

sides as (
    select
        'calls staged' as side,
        count(*) as calls,
        cast(null as numeric(20, 9)) as cost_usd
    from {{ ref('stg_app__api_usage_logs') }}
    union all
    select
        'videos and calls of none',
        sum(calls),
        {{ total('cost_usd', 'numeric(20, 9)') }}
    from (
        select
            attempts as calls,
            provider_cost_usd as cost_usd
        from {{ ref('fct_videos') }}
        union all
        select
            count(*),
            sum(usage.cost_usd)
        from {{ ref('fct_provider_usage') }} as usage
        where not exists (
            select 1 from {{ ref('fct_videos') }} as videos
            where videos.video_id = usage.video_id
        )
    ) as by_video
),

truth as (
    select
        count(*) as calls,
        {{ total('cost_usd', 'numeric(20, 9)') }} as cost_usd
    from {{ ref('fct_provider_usage') }}
)

select
    sides.side,
    concat(
        'provider cost by ', sides.side, ' is ', cast(sides.cost_usd as text), ' in ', cast(sides.calls as text),
        ' calls, but all calls cost ', cast(truth.cost_usd as text), ' in ', cast(truth.calls as text)
    ) as message
from sides
cross join truth
where coalesce(sides.calls, 0) <> truth.calls or coalesce(sides.cost_usd, truth.cost_usd) <> truth.cost_usd
