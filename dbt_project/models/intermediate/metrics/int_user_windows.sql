{{ sliced('user_id') }}

-- A user is active on a window's days if any of them has an action: each active day keeps the user in for the
-- length of the window, and overlapping stays are one. So a window costs a row a stay, however long it is.
with

active as (
    select
        activity.user_id,
        activity.date,
        windows.measure,
        windows.days
    from {{ ref('fct_user_activity_days') }} as activity
    cross join (values ('dau', 1), ('wau', 7), ('mau', 30)) as windows (measure, days)
    where not activity.is_internal
),

marked as (
    select
        active.*,
        case
            when {{ add_days('lag(date) over (partition by measure, user_id order by date)', 'days') }} >= date then 0
            else 1
        end as begins
    from active
),

numbered as (
    select
        marked.*,
        sum(begins) over (partition by measure, user_id order by date) as stay
    from marked
),

final as (
    select
        measure,
        user_id,
        min(date) as valid_from,
        max({{ add_days('date', 'days') }}) as valid_to
    from numbered
    group by
        measure,
        user_id,
        stay
)

select * from final
