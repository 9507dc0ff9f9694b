{{ config(unique_key='video_id') }}

with

versions as (
    {{ newest_versions('raw_app', 'video', 'video_id', [
        'user_id', 'provider', 'status', 'credits_used', 'created_at', 'completed_at', 'updated_at',
    ]) }}
),

final as (
    select
        versions.id as video_id,
        versions.user_id,
        versions.provider,
        versions.status,
        cast(versions.credits_used as bigint) as credits_used,
        versions.created_at,
        versions.completed_at,
        versions.updated_at,
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
