{{ config(unique_key='version_key') }}

{% set keep = ['version_key', 'observed_at', 'raw_load_id', 'in_live_mode', 'account_id'] -%}

-- A balance has no history at Stripe: what it was is what was read of it. Only loads that were not read yet are read.
with

versions as (
    select
        landed.id,
        landed.hash,
        landed.object,
        landed.observed_at,
        landed._dlt_load_id as raw_load_id,
        run_context.live_mode as in_live_mode,
        {{ account_of('landed') }} as account_id
    from {{ source('raw_stripe', 'balances') }} as landed
    inner join {{ source('raw_stripe', '_dlt_loads') }} as loads
        on landed._dlt_load_id = loads.load_id and loads.status = 0
    cross join {{ source('raw_tillhouse', 'run_context') }} as run_context
    where {{ in_load_to_read('landed') }} and not landed.deleted
),

keyed as (
    select distinct
        {{ surrogate_hash(["id", "hash", "account_id", iso_instant("observed_at"), "raw_load_id"]) }} as version_key,
        versions.*
    from versions
),

parsed as (
    {{ parse_json('keyed', [
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
