{{ sliced() }}

with

sightings as (
    select
        subscription_id, event_at as seen_at, status, is_cancel_at_period_end, cancel_at, canceled_at,
        cancellation_feedback
    from {{ ref('stg_stripe__subscription_events') }}
    union all
    select
        subscription_id, observed_at as seen_at, status, is_cancel_at_period_end, cancel_at, canceled_at,
        cancellation_feedback
    from {{ ref('stg_stripe__subscription_versions') }}
    where not is_deletion
    union all
    -- What an event says was so before it tells of wishes that are older than all events.
    select
        subscription_id,
        coalesce(
            {{ from_epoch(json_text('previous_attributes', 'canceled_at')) }}, {{ shift_seconds('event_at', -1) }}
        ) as seen_at,
        status,
        true as is_cancel_at_period_end,
        null as cancel_at,
        {{ from_epoch(json_text('previous_attributes', 'canceled_at')) }} as canceled_at,
        {{ json_text('previous_attributes', 'cancellation_details.feedback') }} as cancellation_feedback
    from {{ ref('stg_stripe__subscription_events') }}
    where
        {{ json_text('previous_attributes', 'cancel_at_period_end') }} = 'true'
        or {{ json_text('previous_attributes', 'cancel_at') }} is not null
),

lives as (
    select * from {{ ref('int_subscription_lives') }}
),

-- A subscription that is over says nothing about a wish that was still open.
living as (
    select
        sightings.*,
        coalesce(sightings.is_cancel_at_period_end, false) or sightings.cancel_at is not null as wants_out
    from sightings
    where sightings.status not in ('canceled', 'incomplete_expired')
),

compared as (
    select
        living.*,
        lag(living.wants_out) over (
            partition by living.subscription_id order by living.seen_at, living.wants_out
        ) as wanted_out
    from living
),

told as (
    select
        subscription_id,
        'cancel_requested' as event_type,
        coalesce(canceled_at, seen_at) as occurred_at,
        cancellation_feedback
    from compared
    where wants_out and not coalesce(wanted_out, false)
    union all
    select subscription_id, 'cancel_rescinded', seen_at, null
    from compared
    where not wants_out and wanted_out
    union all
    -- The wish that came true is still on the subscription, whenever it was; so is one that another end forestalled.
    select subscription_id, 'cancel_requested', canceled_at, cancellation_feedback
    from lives
    where canceled_at is not null and (cancellation_reason = 'cancellation_requested' or canceled_at < ended_at)
),

final as (
    select
        subscription_id,
        event_type,
        occurred_at,
        max(cancellation_feedback) as feedback,
        'observed' as history_source
    from told
    group by subscription_id, event_type, occurred_at
)

select * from final
