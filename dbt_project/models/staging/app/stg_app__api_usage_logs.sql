{{ config(unique_key='usage_log_id') }}

with

versions as (
    {{ newest_versions('raw_app', 'api_usage_log', 'usage_log_id', [
        'video_id', 'provider', 'credits', 'cost_usd', 'timestamp',
    ]) }}
),

final as (
    select
        versions.id as usage_log_id,
        versions.video_id,
        versions.provider,
        cast(versions.credits as bigint) as credits,
        {{ exact_decimal('versions.cost_usd') }} as app_reported_cost_usd,
        versions.timestamp as occurred_at,
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
