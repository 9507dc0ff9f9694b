{{ config(unique_key='event_id') }}

{% set keep = ['event_id', 'event_type', 'event_at', 'previous_attributes', 'in_live_mode', 'account_id'] -%}

with

payloads as (
    select
        parent.event_id,
        parent.event_type,
        parent.created_at as event_at,
        parent.previous_attributes,
        parent.data_object as object,
        parent.in_live_mode,
        parent.account_id
    from {{ came_of('stg_stripe__events') }} as parent
    where
        {{ not_yet_exploded('event_id') }}
        and parent.object_type = 'subscription_schedule'
),

parsed as (
    {{ parse_json('payloads', subscription_schedule_fields(), keep=keep) }}
),

final as (
    select parsed.*
    from parsed
    where {{ in_mode(has_test_clock=true) }}
)

select * from final
