{{ sliced('subscription_id') }}

with

evidence as (
    select
        item_evidence.*,
        {{ utc_date('item_evidence.seen_at') }} as valid_from
    from {{ ref('int_item_evidence') }} as item_evidence
),

ranked as (
    select
        evidence.*,
        row_number() over (
            partition by evidence.subscription_item_id, evidence.valid_from
            order by evidence.seen_at desc, evidence.preference, evidence.price_id, evidence.quantity
        ) as word_recency,
        bool_or(evidence.evidence_kind = 'credit') over (
            partition by evidence.subscription_item_id, evidence.valid_from
        ) as has_credit,
        bool_or(evidence.evidence_kind = 'snapshot') over (
            partition by
                evidence.subscription_item_id, evidence.valid_from,
                coalesce(evidence.price_id, ''), evidence.quantity
        ) as has_snapshot
    from evidence
),

-- The last word of a day holds at its end.
day_ends as (
    select
        ranked.*,
        lag(ranked.price_id) over (
            partition by ranked.subscription_item_id order by ranked.valid_from
        ) as previous_price_id,
        lag(ranked.quantity) over (
            partition by ranked.subscription_item_id order by ranked.valid_from
        ) as previous_quantity
    from ranked
    where ranked.word_recency = 1
),

changes as (
    select
        day_ends.*,
        lead(day_ends.valid_from) over (
            partition by day_ends.subscription_item_id order by day_ends.valid_from
        ) as next_valid_from
    from day_ends
    where
        day_ends.previous_quantity is null
        or day_ends.quantity <> day_ends.previous_quantity
        or coalesce(day_ends.price_id, '') <> coalesce(day_ends.previous_price_id, '')
),

-- New terms that a renewal shows first, with no credit for the old, began at some time before it.
final as (
    select
        changes.subscription_item_id,
        changes.subscription_id,
        changes.price_id,
        changes.quantity,
        changes.seen_at as changed_at,
        changes.valid_from,
        coalesce(changes.next_valid_from, {{ open_day() }}) as valid_to,
        case
            when changes.has_snapshot then 'observed'
            when changes.evidence_kind in ('debit', 'credit') then 'proration'
            when changes.evidence_kind <> 'line' then 'assumed'
            when changes.previous_quantity > 0 and not changes.has_credit then 'assumed'
            else 'line'
        end as history_source
    from changes
)

select * from final
