{{ config(unique_key='alert_id') }}

with

versions as (
    {{ newest_versions('raw_app', 'system_alert', 'alert_id', [
        'type', 'severity', 'message', 'created_at', 'resolved_at',
    ]) }}
),

final as (
    select
        versions.id as alert_id,
        versions.type,
        versions.severity,
        versions.message,
        versions.created_at,
        versions.resolved_at,
        versions.observed_at,
        versions.first_observed_at,
        versions.first_load_id,
        versions.is_deleted,
        versions.deleted_at,
        versions.raw_versions,
        versions.raw_load_id,
        versions.in_live_mode
    from versions
)

select * from final
