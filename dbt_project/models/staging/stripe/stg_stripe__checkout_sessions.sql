{{ config(unique_key='checkout_session_id') }}

with

versions as (
    {{ newest_versions('raw_stripe', 'checkout_sessions', 'checkout_session_id') }}
),

parsed as (
    {{ parse_json('versions', [
        ['checkout_session_id', 'id'],
        ['customer_id', 'customer', 'id'],
        ['subscription_id', 'subscription', 'id'],
        ['invoice_id', 'invoice', 'id'],
        ['payment_intent_id', 'payment_intent', 'id'],
        ['client_reference_id', 'client_reference_id'],
        ['metadata_user_id', 'metadata.userId'],
        ['mode', 'mode'],
        ['status', 'status'],
        ['payment_status', 'payment_status'],
        ['currency', 'currency', 'lower'],
        ['amount_subtotal_minor', 'amount_subtotal', 'bigint'],
        ['amount_total_minor', 'amount_total', 'bigint'],
        ['line_items', 'line_items.data', 'list'],
        ['created_at', 'created', 'epoch'],
        ['expires_at', 'expires_at', 'epoch'],
        ['is_livemode', 'livemode', 'boolean'],
    ], keep=version_columns()) }}
),

final as (
    select parsed.*
    from parsed
    where {{ in_mode() }}
)

select * from final
