{{ sliced() }}

with

loose_discounts as (
    select * from {{ ref('int_discount_subjects') }}
    where not is_attached and removed_at is null
),

lines as (
    select * from {{ ref('int_subscription_lines') }}
    where not is_proration and invoice_status <> 'draft'
),

snapshots as (
    select * from {{ ref('int_subscription_snapshots') }}
),

-- Whoever took a discount off early left its last invoice with it and its first without.
sightings as (
    select
        loose_discounts.discount_id,
        loose_discounts.subscription_id,
        lines.period_started_at as seen_at,
        position(
            loose_discounts.discount_id in coalesce(lines.invoice_discounts, '') || coalesce(lines.line_discounts, '')
        ) > 0 as is_present
    from loose_discounts
    inner join lines
        on
            loose_discounts.subscription_id = lines.subscription_id
            and loose_discounts.started_at < lines.period_started_at
    union all
    select
        loose_discounts.discount_id,
        loose_discounts.subscription_id,
        snapshots.seen_at,
        position(
            loose_discounts.discount_id in coalesce(snapshots.discounts, '') || coalesce(snapshots.items, '')
        ) > 0 as is_present
    from loose_discounts
    inner join snapshots
        on
            loose_discounts.subscription_id = snapshots.subscription_id
            and loose_discounts.started_at < snapshots.seen_at
    where not loose_discounts.is_of_customer
),

last_sightings as (
    select discount_id, subscription_id, max(seen_at) as last_seen_at
    from sightings
    where is_present
    group by discount_id, subscription_id
),

final as (
    select
        sightings.discount_id,
        sightings.subscription_id,
        min(sightings.seen_at) as removed_at
    from sightings
    left join last_sightings
        on
            sightings.discount_id = last_sightings.discount_id
            and sightings.subscription_id = last_sightings.subscription_id
    where
        not sightings.is_present
        and (last_sightings.last_seen_at is null or sightings.seen_at > last_sightings.last_seen_at)
    group by sightings.discount_id, sightings.subscription_id
)

select * from final
