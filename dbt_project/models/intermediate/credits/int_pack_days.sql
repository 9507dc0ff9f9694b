{{ sliced('user_id') }}

-- A lot of a pack on the days on which its remaining credits changed, up to yesterday.
with

packs as (
    select * from {{ ref('int_credit_lots') }}
    where kind = 'pack'
),

changes as (
    select
        packs.lot_id,
        {{ utc_date('packs.granted_at') }} as date,
        packs.credits as granted,
        cast(0 as bigint) as used,
        cast(0 as bigint) as expired,
        cast(0 as bigint) as clawed_back
    from packs
    union all
    select
        movements.lot_id,
        {{ utc_date('movements.happened_at') }},
        0,
        case movements.movement when 'use' then movements.credits else 0 end,
        case movements.movement when 'expire' then movements.credits else 0 end,
        case movements.movement when 'claw back' then movements.credits else 0 end
    from {{ ref('int_credit_movements') }} as movements
    inner join packs
        on movements.lot_id = packs.lot_id
),

daily as (
    select
        changes.lot_id,
        changes.date,
        sum(changes.granted) as granted,
        sum(changes.used) as used,
        sum(changes.expired) as expired,
        sum(changes.clawed_back) as clawed_back
    from changes
    inner join {{ ref('stg_tillhouse__run_context') }} as run_context
        on changes.date <= run_context.last_day
    group by changes.lot_id, changes.date
),

running as (
    select
        daily.*,
        sum(daily.granted - daily.used - daily.expired - daily.clawed_back) over (
            partition by daily.lot_id order by daily.date
        ) as remaining
    from daily
),

final as (
    select
        running.lot_id,
        running.date,
        lead(running.date) over (partition by running.lot_id order by running.date) as next_date,
        cast(running.granted as bigint) as granted,
        cast(running.used as bigint) as used,
        cast(running.expired as bigint) as expired,
        cast(running.clawed_back as bigint) as clawed_back,
        cast(running.remaining as bigint) as remaining,
        packs.user_id,
        packs.credits,
        packs.price_usd,
        {{ share_of('packs.price_usd', 'running.remaining', 'packs.credits') }} as liability_usd
    from running
    inner join packs
        on running.lot_id = packs.lot_id
)

select * from final
