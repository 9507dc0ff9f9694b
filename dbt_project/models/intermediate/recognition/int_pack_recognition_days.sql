{{ sliced(whole='view') }}

-- A pack's revenue runs as its credits go, used or expired; a day on which something was taken back begins a new state.
with

packs as (
    select * from {{ ref('int_pack_days') }}
),

states as (
    select * from {{ ref('int_recognition_states') }}
    where method = 'usage'
),

days as (
    select
        lot_id,
        date
    from packs
    union
    select
        source_object_id,
        state_from
    from states
    where state_from > date '0001-01-01'
),

told as (
    select
        days.lot_id,
        days.date,
        states.recognised_usd + states.future_usd
        - {{ share_of('states.future_usd', 'packs.remaining', 'greatest(states.units, 1)') }} as recognised_usd,
        states.contra_usd,
        packs.date = days.date and packs.expired > 0 as is_breakage
    from days
    inner join packs
        on
            days.lot_id = packs.lot_id
            and days.date >= packs.date
            and (packs.next_date is null or days.date < packs.next_date)
    inner join states
        on
            days.lot_id = states.source_object_id
            and days.date >= states.state_from
            and (states.next_state_from is null or days.date < states.next_state_from)
),

changes as (
    select
        lot_id,
        date,
        recognised_usd - lag(recognised_usd, 1, cast(0 as numeric(20, 6))) over by_day as recognised_usd,
        contra_usd - lag(contra_usd, 1, cast(0 as numeric(20, 6))) over by_day as contra_usd,
        is_breakage
    from told
    window by_day as (partition by lot_id order by date)
),

final as (
    select
        lot_id as source_object_id,
        date,
        cast(recognised_usd as numeric(20, 6)) as recognised_usd,
        cast(contra_usd as numeric(20, 6)) as contra_usd,
        is_breakage
    from changes
    where recognised_usd <> 0 or contra_usd <> 0
)

select * from final
