{{ config(unique_key='customer_id') }}

with

versions as (
    {{ newest_versions('raw_stripe', 'customers', 'customer_id') }}
),

parsed as (
    {{ parse_json('versions', [
        ['customer_id', 'id'],
        ['metadata_user_id', 'metadata.userId'],
        ['country', 'address.country', 'upper'],
        ['currency', 'currency', 'lower'],
        ['balance_minor', 'balance', 'bigint'],
        ['is_delinquent', 'delinquent', 'boolean'],
        ['email_hash', 'email'],
        ['metadata', 'metadata', 'object'],
        ['discount', 'discount', 'object'],
        ['created_at', 'created', 'epoch'],
        ['is_livemode', 'livemode', 'boolean'],
        ['test_clock_id', 'test_clock'],
    ], keep=version_columns()) }}
),

final as (
    select parsed.*
    from parsed
    where {{ in_mode(has_test_clock=true) }}
)

select * from final
