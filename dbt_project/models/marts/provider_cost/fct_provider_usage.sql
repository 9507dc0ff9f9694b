{{ sliced('usage_log_id') }}

with

final as (
    select
        usage.usage_log_id,
        usage.video_id,
        usage.user_id,
        usage.customer_key,
        internal.customer_key is not null as is_internal,
        usage.provider,
        usage.credits,
        usage.rate_id,
        usage.cost_usd,
        usage.no_cost_reason,
        usage.app_reported_cost_usd,
        cast(usage.app_reported_cost_usd - usage.cost_usd as numeric(20, 9)) as variance_usd,
        usage.attempt_no,
        usage.video_failed or not usage.is_last_attempt as is_wasted,
        usage.occurred_at,
        usage.is_late,
        usage.is_deleted
    from {{ ref('int_usage_rated') }} as usage
    left join {{ ref('int_internal_customers') }} as internal
        on usage.customer_key = internal.customer_key
)

select * from final
