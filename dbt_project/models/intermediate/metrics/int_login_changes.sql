-- A login seen on a day counts from it until it is 30 days old or something else is seen.
with

logins as (
    select
        logins.observed_on as first_day,
        least(
            {{ add_days(utc_date('logins.last_login_at'), 30) }},
            coalesce(logins.next_observed_on, {{ add_days(utc_date('logins.last_login_at'), 30) }})
        ) as day_after
    from {{ ref('stg_app__user_logins') }} as logins
    inner join {{ ref('dim_users') }} as users
        on logins.user_id = users.user_id
    where logins.last_login_at is not null and not logins.is_deleted and not users.is_internal
),

final as (
    select
        first_day as date,
        1 as change
    from logins
    where first_day < day_after
    union all
    select
        day_after,
        -1
    from logins
    where first_day < day_after
)

select * from final
