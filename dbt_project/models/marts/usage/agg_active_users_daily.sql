with

days as (
    select days.day as date
    from {{ ref('int_days_covered') }} as days_covered
    {{ series_of_days('days_covered.first_day', 'days_covered.last_day', 'days') }}
),

counted as (
    select
        days.date,
        cast(coalesce(sum(changes.dau) over (order by days.date), 0) as bigint) as dau,
        cast(coalesce(sum(changes.wau) over (order by days.date), 0) as bigint) as wau,
        cast(coalesce(sum(changes.mau) over (order by days.date), 0) as bigint) as mau,
        cast(coalesce(sum(changes.logged_in_30d) over (order by days.date), 0) as bigint) as logged_in_30d
    from days
    left join {{ ref('int_active_user_changes_daily') }} as changes
        on days.date = changes.date
),

final as (
    select
        counted.date,
        counted.dau,
        counted.wau,
        counted.mau,
        cast(
            case when counted.mau > 0 then {{ round_ratio('counted.dau', 'counted.mau', 6) }} end as numeric(20, 6)
        ) as stickiness,
        case
            when counted.date >= {{ utc_date('run_context.first_load_at') }} then counted.logged_in_30d
        end as logged_in_30d
    from counted
    cross join {{ ref('stg_tillhouse__run_context') }} as run_context
)

select * from final
