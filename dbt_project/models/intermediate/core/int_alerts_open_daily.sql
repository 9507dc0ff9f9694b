-- Open at the end of a day: raised before it ended and not resolved by then.
with

alerts as (
    select
        {{ utc_date('raised_at') }} as raised_on,
        {{ utc_date('resolved_at') }} as resolved_on
    from {{ ref('fct_alerts') }}
),

changes as (
    select
        raised_on as date,
        1 as change
    from alerts
    union all
    select
        resolved_on,
        -1
    from alerts
    where resolved_on is not null
),

daily as (
    select
        date,
        sum(change) as change
    from changes
    group by date
),

final as (
    select
        date,
        cast(sum(change) over (order by date) as bigint) as open_alerts
    from daily
)

select * from final
