-- The application's alerts, and Tillhouse's own: what is the matter now, and what the served generation told of and is
-- no more, which is resolved by that. An alert's id follows from what it is about and since when.
with

run_context as (
    select * from {{ ref('stg_tillhouse__run_context') }}
),

conditions as (
    select
        case when field = 'reporting_category' then 'unknown_reporting_category' else 'unknown_value' end as type,
        case when field = 'reporting_category' then 'CRITICAL' else 'WARNING' end as severity,
        concat(source, ' ', field, ' ', value) as subject,
        concat(
            source, ' has the unknown ', field, ' ', value, ', for instance ', example_id,
            case
                when field = 'reporting_category' then ': its money is in no class but other'
                else ': figures that go by it may leave rows out'
            end
        ) as message,
        first_seen_at as raised_at,
        cast(null as timestamptz) as resolved_at
    from {{ ref('dq_unknown_values') }}
    union all
    select
        'replication_gap',
        'CRITICAL',
        account_id,
        concat(
            'changes of Stripe account ', account_id, ' from ', {{ iso_instant('since') }}, ' to ',
            {{ iso_instant('until') }}, ' may have been missed: ', reason
        ),
        detected_at,
        healed_at
    from {{ source('raw_tillhouse', 'sync_gaps') }}
    union all
    select
        'stale_source',
        'WARNING',
        syncs.source,
        concat(syncs.source, ' is known only up to ', {{ iso_instant('syncs.synced_through') }}),
        {{ add_hours('syncs.synced_through', 2) }},
        null
    from {{ source('raw_tillhouse', 'source_syncs') }} as syncs
    cross join run_context
    where syncs.synced_through < {{ add_hours('run_context.now_at', -2) }}
),

own as (
    select
        {{ surrogate_hash(['type', 'subject', iso_instant('raised_at')]) }} as alert_id,
        conditions.*
    from conditions
),

past as (
    select
        served.*,
        run_context.now_at
    from {{ source('raw_tillhouse', 'served_alerts') }} as served
    cross join run_context
    where served.alert_id not in (select own.alert_id from own)
),

final as (
    select
        alert_id,
        'application' as origin,
        type,
        severity,
        cast(null as text) as subject,
        message,
        created_at as raised_at,
        coalesce(resolved_at, deleted_at) as resolved_at
    from {{ ref('stg_app__system_alerts') }}
    union all
    select alert_id, 'tillhouse', type, severity, subject, message, raised_at, resolved_at
    from own
    union all
    select alert_id, 'tillhouse', type, severity, subject, message, raised_at, coalesce(resolved_at, now_at)
    from past
)

select * from final
