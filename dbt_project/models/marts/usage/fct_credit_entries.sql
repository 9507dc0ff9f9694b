{{ sliced('user_id') }}

with

entries as (
    select
        credit_transaction_id as entry_id,
        user_id,
        type,
        credits,
        video_id,
        payment_intent_id,
        created_at,
        false as is_added,
        is_deleted
    from {{ ref('stg_app__credit_transactions') }}
    union all
    select
        entry_id,
        user_id,
        type,
        credits,
        null,
        null,
        created_at,
        true,
        false
    from {{ ref('int_credit_entries_added') }}
),

-- The lot an entry brought, or the one lot it took from; none where there are several.
lots_of as (
    select
        entry_id,
        case when count(distinct lot_id) = 1 then min(lot_id) end as lot_id
    from (
        select
            lot_id as entry_id,
            lot_id
        from {{ ref('int_credit_lots') }}
        union all
        select
            entry_id,
            lot_id
        from {{ ref('int_credit_movements') }}
    ) as touched
    group by entry_id
),

final as (
    select
        entries.entry_id,
        users.user_id as customer_key,
        entries.user_id,
        entries.type,
        entries.credits,
        lots_of.lot_id,
        entries.video_id,
        entries.payment_intent_id,
        entries.created_at,
        entries.is_added,
        entries.is_deleted
    from entries
    left join {{ ref('stg_app__users') }} as users
        on entries.user_id = users.user_id
    left join lots_of
        on entries.entry_id = lots_of.entry_id
)

select * from final
