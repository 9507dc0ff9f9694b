-- A user is active on a window's days if any of them has an action: each active day opens a spell that keeps
-- the user in for the length of the window, and overlapping spells are one. So a window costs one running
-- sum of entries and exits, however long it is.
{% set windows = [('dau', 1), ('wau', 7), ('mau', 30)] -%}

with

active as (
    select
        user_id,
        date
    from {{ ref('fct_user_activity_days') }}
    where not is_internal
),

{% for name, length in windows -%}
{{ name }}_changes as (
    select
        date,
        1 as change
    from (
        select
            user_id,
            date,
            lag(date) over (partition by user_id order by date) as previous_date
        from active
    ) as entries
    where previous_date is null or {{ add_days('previous_date', length) }} < date
    union all
    select
        {{ add_days('date', length) }},
        -1
    from (
        select
            user_id,
            date,
            lead(date) over (partition by user_id order by date) as next_date
        from active
    ) as exits
    where next_date is null or {{ add_days('date', length) }} < next_date
),

{% endfor -%}

changes as (
    select
        date,
        'dau' as measure,
        change
    from dau_changes
    union all
    select
        date,
        'wau',
        change
    from wau_changes
    union all
    select
        date,
        'mau',
        change
    from mau_changes
    union all
    select
        date,
        'logged_in_30d',
        change
    from {{ ref('int_login_changes') }}
),

final as (
    select
        date,
        sum(case when measure = 'dau' then change else 0 end) as dau,
        sum(case when measure = 'wau' then change else 0 end) as wau,
        sum(case when measure = 'mau' then change else 0 end) as mau,
        sum(case when measure = 'logged_in_30d' then change else 0 end) as logged_in_30d
    from changes
    group by date
)

select * from final
