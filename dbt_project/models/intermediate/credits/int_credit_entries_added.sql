{{ sliced() }}

-- What the ledger lacks to tell all that happened to the lots: credits that ended without an entry, and what an
-- overdraft lent and got back. Beyond their credits users have a debt, never a negative balance.
with

debt_moves as (
    select
        user_id,
        case when lot_id like 'overdraft:%' then concat('debt:', entry_id) else entry_id end as entry_id,
        happened_at,
        sum(case when lot_id like 'overdraft:%' then credits else -credits end) as lent
    from {{ ref('int_credit_movements') }}
    where lot_id like 'overdraft:%' or entry_id like 'debt:%'
    group by user_id, entry_id, lot_id, happened_at
),

debts as (
    select
        user_id,
        entry_id,
        happened_at,
        greatest(0, sum(lent) over (partition by user_id order by happened_at, entry_id)) as debt
    from debt_moves
),

added as (
    select
        entry_id,
        user_id,
        'EXPIRY' as type,
        sum(case when lot_id is null then credits else -credits end) as credits,
        happened_at as created_at
    from {{ ref('int_credit_expiries') }}
    where is_added
    group by entry_id, user_id, happened_at
    union all
    select
        entry_id,
        user_id,
        'ADJUSTMENT',
        debt - lag(debt, 1, cast(0 as bigint)) over (partition by user_id order by happened_at, entry_id),
        happened_at
    from debts
),

final as (
    select
        entry_id,
        user_id,
        type,
        cast(credits as bigint) as credits,
        created_at
    from added
    where credits <> 0
)

select * from final
