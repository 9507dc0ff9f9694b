{{ config(materialized='table') }}

-- The application keeps only the last login, so its history is what each day's last pull saw. What a pull saw
-- holds until another sees something else; a row for each user and day on which one did.
with

observed as (
    select
        versions.id as user_id,
        versions.last_login_at,
        versions.deleted as is_deleted,
        {{ utc_date('versions.observed_at') }} as observed_on,
        row_number() over (
            partition by versions.id, {{ utc_date('versions.observed_at') }}
            order by versions.observed_at desc, versions._dlt_load_id desc, versions.deleted desc, versions.hash
        ) as recency
    from {{ source('raw_app', 'user') }} as versions
    inner join {{ source('raw_app', '_dlt_loads') }} as loads
        on versions._dlt_load_id = loads.load_id and loads.status = 0
),

final as (
    select
        user_id,
        observed_on,
        lead(observed_on) over (partition by user_id order by observed_on) as next_observed_on,
        last_login_at,
        is_deleted
    from observed
    where recency = 1
)

select * from final
