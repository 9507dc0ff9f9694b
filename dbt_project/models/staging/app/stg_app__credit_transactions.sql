{{ config(unique_key='credit_transaction_id') }}

with

versions as (
    {{ newest_versions('raw_app', 'credit_transaction', 'credit_transaction_id', [
        'user_id', 'type', 'amount', 'video_id', 'stripe_payment_intent_id', 'expires_at', 'created_at',
    ]) }}
),

final as (
    select
        versions.id as credit_transaction_id,
        versions.user_id,
        versions.type,
        cast(versions.amount as bigint) as credits,
        versions.video_id,
        versions.stripe_payment_intent_id as payment_intent_id,
        versions.expires_at,
        versions.created_at,
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
