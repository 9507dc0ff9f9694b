-- What enters a window and what leaves it: a running sum of it is the number of active users.
with

changes as (
    select
        valid_from as date,
        measure,
        1 as change
    from {{ ref('int_user_windows') }}
    union all
    select
        valid_to,
        measure,
        -1
    from {{ ref('int_user_windows') }}
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
