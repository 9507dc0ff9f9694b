{{ sliced() }}

with

billed_terms as (
    select * from {{ ref('int_item_billed_terms') }}
),

item_snapshots as (
    select * from {{ ref('int_item_snapshots') }}
),

absences as (
    select * from {{ ref('int_item_absences') }}
),

current_items as (
    select * from {{ ref('stg_stripe__subscription_items') }}
),

-- At one instant a charge for the new terms outranks the credit for the old, and both a snapshot of that second.
dated_terms as (
    select
        subscription_item_id, subscription_id, price_id, quantity, seen_at, evidence_kind,
        case evidence_kind when 'debit' then 1 when 'line' then 2 else 3 end as preference
    from billed_terms
    union all
    select subscription_item_id, subscription_id, price_id, quantity, seen_at, 'snapshot' as evidence_kind, 4 as preference
    from item_snapshots
),

first_terms as (
    select
        dated_terms.*,
        row_number() over (
            partition by dated_terms.subscription_item_id
            order by dated_terms.seen_at, dated_terms.preference, dated_terms.price_id, dated_terms.quantity
        ) as evidence_position
    from dated_terms
    where dated_terms.quantity > 0
),

-- An item older than any word about its terms had the first ones known.
births as (
    select
        first_terms.subscription_item_id,
        first_terms.subscription_id,
        first_terms.price_id,
        first_terms.quantity,
        current_items.created_at as seen_at
    from first_terms
    inner join current_items on first_terms.subscription_item_id = current_items.subscription_item_id
    where first_terms.evidence_position = 1 and current_items.created_at < first_terms.seen_at
),

final as (
    select subscription_item_id, subscription_id, price_id, quantity, seen_at, evidence_kind, preference
    from dated_terms
    union all
    select subscription_item_id, subscription_id, price_id, quantity, seen_at, 'birth' as evidence_kind, 5 as preference
    from births
    union all
    select subscription_item_id, subscription_id, null as price_id, 0 as quantity, seen_at, evidence_kind, 6 as preference
    from absences
)

select * from final
