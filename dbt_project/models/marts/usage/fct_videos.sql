{{ sliced('video_id') }}

with

refunds as (
    select
        video_id,
        {{ total('credits', 'bigint') }} as credits_refunded
    from {{ ref('stg_app__credit_transactions') }}
    where type = 'USAGE_REFUND' and video_id is not null
    group by video_id
),

costs as (
    select
        video_id,
        count(*) as attempts,
        {{ total('cost_usd', 'numeric(20, 9)') }} as provider_cost_usd
    from {{ ref('fct_provider_usage') }}
    group by video_id
),

final as (
    select
        videos.video_id,
        videos.user_id,
        users.user_id as customer_key,
        internal.customer_key is not null as is_internal,
        videos.provider,
        videos.status,
        videos.created_at,
        videos.completed_at,
        videos.credits_used,
        coalesce(refunds.credits_refunded, 0) as credits_refunded,
        coalesce(costs.attempts, 0) as attempts,
        cast(coalesce(costs.provider_cost_usd, 0) as numeric(20, 9)) as provider_cost_usd,
        videos.status = 'FAILED' as is_wasted,
        videos.is_deleted
    from {{ ref('stg_app__videos') }} as videos
    left join {{ ref('stg_app__users') }} as users
        on videos.user_id = users.user_id
    left join {{ ref('int_internal_customers') }} as internal
        on videos.user_id = internal.customer_key
    left join refunds
        on videos.video_id = refunds.video_id
    left join costs
        on videos.video_id = costs.video_id
)

select * from final
