{{ config(unique_key='notification_id') }}

with

versions as (
    {{ newest_versions('raw_app', 'notification', 'notification_id', [
        'user_id', 'type', 'created_at', 'read_at',
    ]) }}
),

final as (
    select
        versions.id as notification_id,
        versions.user_id,
        versions.type,
        versions.created_at,
        versions.read_at,
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
