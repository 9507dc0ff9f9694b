{{ config(unique_key='version_key') }}

{% set keep = [
    'version_key', 'observed_at', 'event_id', 'is_deletion', 'raw_load_id', 'in_live_mode', 'account_id',
] -%}

with

versions as (
    {{ every_version('subscriptions', more=['event_id']) }}
),

parsed as (
    {{ parse_json('versions', subscription_fields(), keep=keep) }}
),

final as (
    select
        {{ subscription_columns(keep) }}
    from parsed
    where {{ in_mode(has_test_clock=true) }}
)

select * from final
