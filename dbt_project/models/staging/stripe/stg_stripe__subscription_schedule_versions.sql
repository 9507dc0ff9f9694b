{{ config(unique_key='version_key') }}

{% set keep = ['version_key', 'observed_at', 'is_deletion', 'raw_load_id', 'in_live_mode', 'account_id'] -%}

-- Only loads that this table has not read are read: a load lands whole, and a landed version never changes.
with

versions as (
    select
        landed.id,
        landed.hash,
        landed.object,
        landed.observed_at,
        landed.deleted as is_deletion,
        landed._dlt_load_id as raw_load_id,
        run_context.live_mode as in_live_mode,
        {{ account_of('landed') }} as account_id
    from {{ source('raw_stripe', 'subscription_schedules') }} as landed
    inner join {{ source('raw_stripe', '_dlt_loads') }} as loads
        on landed._dlt_load_id = loads.load_id and loads.status = 0
    cross join {{ source('raw_tillhouse', 'run_context') }} as run_context
    where {{ in_load_to_read('landed') }}
),

keyed as (
    select distinct
        {{ surrogate_hash(["id", "hash", iso_instant("observed_at"), "raw_load_id"]) }} as version_key,
        versions.*
    from versions
),

parsed as (
    {{ parse_json('keyed', subscription_schedule_fields(), keep=keep) }}
),

final as (
    select parsed.*
    from parsed
    where {{ in_mode(has_test_clock=true) }}
)

select * from final
