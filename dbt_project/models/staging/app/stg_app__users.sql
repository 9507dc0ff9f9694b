{{ config(unique_key='user_id') }}

with

versions as (
    {{ newest_versions('raw_app', 'user', 'user_id', [
        'email_hash', 'role', 'stripe_customer_id', 'last_login_at', 'created_at', 'updated_at',
    ]) }}
),

final as (
    select
        versions.id as user_id,
        versions.email_hash,
        versions.role,
        versions.stripe_customer_id,
        versions.last_login_at,
        versions.created_at,
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
