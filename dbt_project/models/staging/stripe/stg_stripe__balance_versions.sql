{{ config(unique_key='version_key') }}

{% set keep = ['version_key', 'observed_at', 'raw_load_id', 'in_live_mode', 'account_id'] -%}

-- A balance has no history at Stripe: what it was is what was read of it.
with

versions as (
    {{ every_version('balances', key=['id', 'hash', 'account_id'], condition='not landed.deleted') }}
),

parsed as (
    {{ parse_json('versions', [
        ['available', 'available', 'list', {'amount': 'bigint', 'currency': 'text'}],
        ['pending', 'pending', 'list', {'amount': 'bigint', 'currency': 'text'}],
        ['is_livemode', 'livemode', 'boolean'],
    ], keep=keep) }}
),

final as (
    select parsed.*
    from parsed
    where {{ in_mode() }}
)

select * from final
