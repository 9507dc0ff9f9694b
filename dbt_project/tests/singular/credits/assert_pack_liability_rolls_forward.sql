-- Identity 24: the liability of packs moves by what came in and what was used, ended or taken back, at the lots' prices; and
-- what a pack without credits left cost is recognised or was given back.
with

run_context as (
    select last_day from {{ ref('stg_tillhouse__run_context') }}
),

moves as (
    select
        lots.lot_id,
        {{ utc_date('lots.granted_at') }} as date,
        lots.credits
    from {{ ref('fct_credit_lots') }} as lots
    where lots.kind = 'pack'
    union all
    select
        lots.lot_id,
        {{ utc_date('allocations.created_at') }},
        -allocations.credits
    from {{ ref('fct_credit_allocations') }} as allocations
    inner join {{ ref('fct_credit_lots') }} as lots
        on allocations.lot_id = lots.lot_id and lots.kind = 'pack'
),

remaining as (
    select
        moves.lot_id,
        moves.date,
        sum(sum(moves.credits)) over (partition by moves.lot_id order by moves.date) as credits
    from moves
    group by moves.lot_id, moves.date
),

valued as (
    select
        remaining.lot_id,
        remaining.date,
        remaining.credits,
        {{ share_of('lots.price_usd', 'remaining.credits', 'lots.credits') }} as liability_usd
    from remaining
    inner join {{ ref('fct_credit_lots') }} as lots
        on remaining.lot_id = lots.lot_id
),

changes as (
    select
        date,
        sum(change_usd) as change_usd
    from (
        select
            date,
            liability_usd - lag(liability_usd, 1, cast(0 as numeric(20, 6))) over by_date as change_usd
        from valued
        window by_date as (partition by lot_id order by date)
    ) as by_lot
    group by date
),

daily as (
    select
        date,
        liability_usd,
        lag(liability_usd, 1, cast(0 as numeric(20, 6))) over (order by date) as opening_usd
    from {{ ref('agg_credit_liability_daily') }}
),

finished as (
    select valued.lot_id
    from valued
    cross join run_context
    where valued.date <= run_context.last_day
    group by valued.lot_id
    having
        sum(case when valued.credits = 0 then 1 else 0 end) > 0
        and max(valued.date) = max(case when valued.credits = 0 then valued.date end)
)

select
    cast(daily.date as text) as subject,
    concat(
        'pack liability on ', cast(daily.date as text), ': ', cast(daily.opening_usd as text), ' and a change of ',
        cast(coalesce(changes.change_usd, 0) as text), ' are not ', cast(daily.liability_usd as text)
    ) as message
from daily
left join changes
    on daily.date = changes.date
where daily.opening_usd + coalesce(changes.change_usd, 0) <> daily.liability_usd
union all
select
    finished.lot_id,
    concat(
        'pack ', finished.lot_id, ' has no credits left and cost ', cast(revenue.line_usd as text), ', but ',
        cast(revenue.recognised_usd as text), ' are recognised and ', cast(revenue.cleared_usd as text), ' given back'
    )
from finished
inner join {{ ref('rec_revenue_recognition') }} as revenue
    on finished.lot_id = revenue.source_object_id
where revenue.recognised_usd + revenue.cleared_usd <> revenue.line_usd
