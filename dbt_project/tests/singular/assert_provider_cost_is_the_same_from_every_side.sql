-- Identity 27: the cost of all calls = by video + unlinked = by customer + internal + unlinked = by day,
-- and no call is lost or doubled on its way from staging.
with

run_context as (
    select last_day
    from {{ ref('stg_tillhouse__run_context') }}
),

sides as (
    select
        'calls staged' as side,
        count(*) as calls,
        cast(null as numeric(20, 9)) as cost_usd
    from {{ ref('stg_app__api_usage_logs') }}
    union all
    select
        'customers, internal users and nobody',
        sum(calls),
        {{ total('cost_usd', 'numeric(20, 9)') }}
    from (
        select
            customer_key,
            is_internal,
            count(*) as calls,
            sum(cost_usd) as cost_usd
        from {{ ref('fct_provider_usage') }}
        group by
            customer_key,
            is_internal
    ) as by_customer
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
    union all
    select
        'days, and calls of today',
        sum(calls),
        {{ total('cost_usd', 'numeric(20, 9)') }}
    from (
        select
            calls,
            cost_usd
        from {{ ref('agg_provider_daily') }}
        union all
        select
            count(*),
            sum(usage.cost_usd)
        from {{ ref('fct_provider_usage') }} as usage
        cross join run_context
        where {{ utc_date('usage.occurred_at') }} > run_context.last_day
    ) as by_day
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
