{{ config(unique_key='subscription_schedule_id') }}

with

versions as (
    {{ newest_versions('raw_stripe', 'subscription_schedules', 'subscription_schedule_id') }}
),

parsed as (
    {{ parse_json('versions', subscription_schedule_fields(), keep=version_columns()) }}
),

final as (
    select parsed.*
    from parsed
    where {{ in_mode(has_test_clock=true) }}
)

select * from final
