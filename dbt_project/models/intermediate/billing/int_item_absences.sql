{{ sliced() }}

with

billed_terms as (
    select * from {{ ref('int_item_billed_terms') }}
),

item_snapshots as (
    select * from {{ ref('int_item_snapshots') }}
),

snapshots as (
    select * from {{ ref('int_subscription_snapshots') }}
),

current_items as (
    select * from {{ ref('stg_stripe__subscription_items') }}
),

known_items as (
    select subscription_item_id, subscription_id, seen_at, period_ends_at
    from billed_terms
    union all
    select subscription_item_id, subscription_id, seen_at, cast(null as timestamptz) as period_ends_at
    from item_snapshots
),

removed_items as (
    select
        known_items.subscription_item_id,
        known_items.subscription_id,
        min(known_items.seen_at) as first_seen_at,
        max(known_items.period_ends_at) as last_period_ends_at
    from known_items
    left join current_items on known_items.subscription_item_id = current_items.subscription_item_id
    where current_items.subscription_item_id is null
    group by known_items.subscription_item_id, known_items.subscription_id
),

snapshot_sizes as (
    select subscription_id, seen_at, count(*) as items_seen
    from item_snapshots
    group by subscription_id, seen_at
),

-- Only a list known to be whole says that an item is gone: payloads stop at ten.
missed_in_snapshots as (
    select
        removed_items.subscription_item_id,
        removed_items.subscription_id,
        min(snapshots.seen_at) as seen_at
    from removed_items
    inner join snapshots
        on
            removed_items.subscription_id = snapshots.subscription_id
            and removed_items.first_seen_at < snapshots.seen_at
    left join snapshot_sizes
        on snapshots.subscription_id = snapshot_sizes.subscription_id and snapshots.seen_at = snapshot_sizes.seen_at
    where
        (snapshots.is_complete or coalesce(snapshot_sizes.items_seen, 0) < 10)
        and not exists (
            select 1
            from item_snapshots
            where
                item_snapshots.subscription_item_id = removed_items.subscription_item_id
                and item_snapshots.seen_at >= snapshots.seen_at
        )
    group by removed_items.subscription_item_id, removed_items.subscription_id
),

-- An item that left without a trace was there to the end of what was billed for it.
final as (
    select subscription_item_id, subscription_id, seen_at, 'snapshot' as evidence_kind
    from missed_in_snapshots
    union all
    select subscription_item_id, subscription_id, last_period_ends_at as seen_at, 'lapse' as evidence_kind
    from removed_items
    where last_period_ends_at is not null
)

select * from final
