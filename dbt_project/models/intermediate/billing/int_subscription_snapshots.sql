{{ sliced() }}

with

versions as (
    select * from {{ ref('stg_stripe__subscription_versions') }}
),

events as (
    select * from {{ ref('stg_stripe__subscription_events') }}
),

final as (
    select
        versions.subscription_id,
        versions.observed_at as seen_at,
        versions.status,
        versions.pause_behavior is not null as is_paused,
        versions.items,
        versions.discounts,
        cast(null as text) as previous_status,
        -- Nested lists of what was fetched are complete; a payload holds the first ten.
        true as is_complete,
        'version' as snapshot_kind
    from versions
    where not versions.is_deletion

    union all

    select
        events.subscription_id,
        events.event_at as seen_at,
        events.status,
        events.pause_behavior is not null as is_paused,
        events.items,
        events.discounts,
        {{ json_text('events.previous_attributes', 'status') }} as previous_status,
        false as is_complete,
        'event' as snapshot_kind
    from events
)

select * from final
