-- Identity 23: every entry takes from lots what it says, a lot gives no more than it had, and what became of its credits
-- is what entries took.
with

by_entry as (
    select
        entry_id,
        sum(credits) as credits
    from {{ ref('fct_credit_allocations') }}
    group by entry_id
),

by_lot as (
    select
        lot_id,
        sum(credits) as credits
    from {{ ref('fct_credit_allocations') }}
    group by lot_id
)

select
    entries.entry_id as id,
    concat(
        'entry ', entries.entry_id, ' uses ', cast(-entries.credits as text), ' credits, but lots gave ',
        cast(coalesce(by_entry.credits, 0) as text)
    ) as message
from {{ ref('fct_credit_entries') }} as entries
left join by_entry
    on entries.entry_id = by_entry.entry_id
where entries.type in ('USAGE', 'CLAWBACK') and entries.credits < 0 and coalesce(by_entry.credits, 0) <> -entries.credits
union all
select
    lots.lot_id,
    concat(
        'lot ', lots.lot_id, ' had ', cast(lots.credits as text), ' credits and says that ',
        cast(lots.used + lots.expired + lots.clawed_back as text), ' are gone, but entries took ',
        cast(coalesce(by_lot.credits, 0) as text)
    )
from {{ ref('fct_credit_lots') }} as lots
left join by_lot
    on lots.lot_id = by_lot.lot_id
where
    coalesce(by_lot.credits, 0) <> lots.used + lots.expired + lots.clawed_back
    or lots.remaining <> lots.credits - lots.used - lots.expired - lots.clawed_back
    or lots.remaining < 0
