{{ config(unique_key='subscription_id') }}

with

versions as (
    {{ newest_versions('raw_stripe', 'subscriptions', 'subscription_id') }}
),

parsed as (
    {{ parse_json('versions', subscription_fields(), keep=version_columns()) }}
),

final as (
    select
        {{ subscription_columns(version_columns()) }}
    from parsed
    where {{ in_mode(has_test_clock=true) }}
)

select * from final
