{{ sliced() }}

-- Each call with the one rate valid at its instant. Without one, rate and cost stay empty and a test stops
-- the publishing by name: a call is never priced at nothing by accident.
with

first_loads as (
    select min(first_load_id) as first_load_id
    from {{ whole_ref('stg_app__api_usage_logs') }}
),

numbered as (
    select
        logs.usage_log_id,
        row_number() over (
            partition by logs.video_id
            order by logs.occurred_at, logs.usage_log_id
        ) as attempt_no,
        count(*) over (partition by logs.video_id) as attempts
    from {{ ref('stg_app__api_usage_logs') }} as logs
),

rated as (
    select
        logs.usage_log_id,
        logs.video_id,
        videos.user_id,
        users.user_id as customer_key,
        logs.provider,
        logs.credits,
        rates.rate_id,
        coalesce(videos.status = 'FAILED', false) as video_failed,
        rates.usd_per_credit,
        coalesce(rates.bills_failures, true) as bills_failures,
        logs.app_reported_cost_usd,
        numbered.attempt_no,
        numbered.attempt_no = numbered.attempts as is_last_attempt,
        logs.occurred_at,
        (
            logs.first_observed_at > {{ add_hours('logs.occurred_at', 24) }}
            and logs.first_observed_at > run_context.first_load_at
            and logs.first_load_id <> first_loads.first_load_id
        ) as is_late,
        logs.is_deleted
    from {{ ref('stg_app__api_usage_logs') }} as logs
    inner join numbered
        on logs.usage_log_id = numbered.usage_log_id
    left join {{ ref('stg_app__videos') }} as videos
        on logs.video_id = videos.video_id
    left join {{ ref('stg_app__users') }} as users
        on videos.user_id = users.user_id
    left join {{ ref('dim_provider_rates') }} as rates
        on
            logs.provider = rates.provider
            and logs.occurred_at >= rates.valid_from
            and (rates.valid_to is null or logs.occurred_at < rates.valid_to)
    cross join {{ ref('stg_tillhouse__run_context') }} as run_context
    cross join first_loads
),

final as (
    select
        rated.*,
        cast(case
            when rated.video_failed and not rated.bills_failures then 0
            else {{ round_half_even('rated.credits * rated.usd_per_credit', 9) }}
        end as numeric(20, 9)) as cost_usd,
        case
            when rated.video_failed and not rated.bills_failures then 'provider does not bill failures'
        end as no_cost_reason
    from rated
)

select * from final
