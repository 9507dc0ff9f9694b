{{ sliced('user_id') }}

with

first_videos as (
    select
        user_id,
        min(created_at) as first_video_at
    from {{ ref('stg_app__videos') }}
    group by user_id
),

final as (
    select
        users.user_id,
        users.email_hash,
        users.role,
        users.stripe_customer_id,
        internal.customer_key is not null as is_internal,
        users.is_deleted,
        users.created_at,
        users.last_login_at,
        first_videos.first_video_at,
        users.deleted_at
    from {{ ref('stg_app__users') }} as users
    left join {{ ref('int_internal_customers') }} as internal
        on users.user_id = internal.customer_key
    left join first_videos
        on users.user_id = first_videos.user_id
)

select * from final
