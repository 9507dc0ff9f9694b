{{ config(unique_key='version_key') }}

{% set keep = ['version_key', 'observed_at', 'is_deletion', 'raw_load_id', 'in_live_mode', 'account_id'] -%}

with

versions as (
    {{ every_version('subscription_schedules') }}
),

parsed as (
    {{ parse_json('versions', subscription_schedule_fields(), keep=keep) }}
),

final as (
    select parsed.*
    from parsed
    where {{ in_mode(has_test_clock=true) }}
)

select * from final
