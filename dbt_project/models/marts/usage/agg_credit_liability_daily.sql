with

changes as (
    select
        {{ utc_date('created_at') }} as date,
        credits,
        cast(0 as bigint) as paid_credits,
        cast(0 as numeric(20, 6)) as liability_usd
    from {{ ref('fct_credit_entries') }}
    union all
    select
        date,
        0,
        granted - used - expired - clawed_back,
        liability_usd - lag(liability_usd, 1, cast(0 as numeric(20, 6))) over (partition by lot_id order by date)
    from {{ ref('int_pack_days') }}
),

days as (
    select days.day as date
    from {{ ref('int_days_covered') }} as days_covered
    {{ series_of_days('days_covered.first_day', 'days_covered.last_day', 'days') }}
),

daily as (
    select
        days.date,
        sum(changes.credits) as credits,
        sum(changes.paid_credits) as paid_credits,
        sum(changes.liability_usd) as liability_usd
    from days
    left join changes
        on days.date = changes.date
    group by days.date
),

costs as (
    select
        date,
        sum(cost_usd) as cost_usd,
        sum(credits) as credits
    from {{ ref('agg_provider_daily') }}
    group by date
),

running as (
    select
        daily.date,
        sum(coalesce(daily.credits, 0)) over (order by daily.date) as credits,
        sum(coalesce(daily.paid_credits, 0)) over (order by daily.date) as paid_credits,
        sum(coalesce(daily.liability_usd, 0)) over (order by daily.date) as liability_usd,
        sum(coalesce(costs.cost_usd, 0)) over last_30_days as cost_usd,
        sum(coalesce(costs.credits, 0)) over last_30_days as cost_credits
    from daily
    left join costs
        on daily.date = costs.date
    window last_30_days as (order by daily.date rows between 29 preceding and current row)
),

final as (
    select
        date,
        cast(paid_credits as bigint) as credits_paid_outstanding,
        cast(credits - paid_credits as bigint) as credits_free_outstanding,
        cast(liability_usd as numeric(20, 6)) as liability_usd,
        cast(case
            when cost_credits > 0
                then {{ round_ratio(
                    whole('cost_usd * 1000000000') ~ ' * ' ~ whole('credits'), whole('cost_credits') ~ ' * 1000000000', 6
                ) }}
        end as numeric(20, 6)) as cost_exposure_usd
    from running
)

select * from final
