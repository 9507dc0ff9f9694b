-- Identity 22: what was outstanding, and what the ledger says came in and went out, is what is outstanding: on every day
-- in total, and for every customer between the ledger and the lots.
with

daily as (
    select
        {{ utc_date('created_at') }} as date,
        sum(credits) as credits
    from {{ ref('fct_credit_entries') }}
    group by {{ utc_date('created_at') }}
),

outstanding as (
    select
        date,
        credits_paid_outstanding + credits_free_outstanding as closing,
        lag(credits_paid_outstanding + credits_free_outstanding, 1, cast(0 as bigint)) over (order by date) as opening
    from {{ ref('agg_credit_liability_daily') }}
),

by_user as (
    select
        user_id,
        sum(entries) as entries,
        sum(lots) as lots
    from (
        select user_id, credits as entries, 0 as lots
        from {{ ref('fct_credit_entries') }}
        union all
        select user_id, 0, remaining
        from {{ ref('fct_credit_lots') }}
    ) as both_sides
    group by user_id
)

select
    cast(outstanding.date as text) as period,
    concat(
        'credits outstanding on ', cast(outstanding.date as text), ': ', cast(outstanding.opening as text), ' and ',
        cast(coalesce(daily.credits, 0) as text), ' of the day are not ', cast(outstanding.closing as text)
    ) as message
from outstanding
left join daily
    on outstanding.date = daily.date
where outstanding.opening + coalesce(daily.credits, 0) <> outstanding.closing
union all
select
    user_id,
    concat('credits of ', user_id, ': the ledger has ', cast(entries as text), ', the lots have ', cast(lots as text))
from by_user
where entries <> lots
