{{ config(unique_key='payment_intent_id') }}

with

versions as (
    {{ newest_versions('raw_stripe', 'payment_intents', 'payment_intent_id') }}
),

parsed as (
    {{ parse_json('versions', [
        ['payment_intent_id', 'id'],
        ['customer_id', 'customer', 'id'],
        ['latest_charge_id', 'latest_charge', 'id'],
        ['own_invoice_id', 'invoice', 'id'],
        ['status', 'status'],
        ['currency', 'currency', 'lower'],
        ['amount_minor', 'amount', 'bigint'],
        ['amount_received_minor', 'amount_received', 'bigint'],
        ['metadata_user_id', 'metadata.userId'],
        ['created_at', 'created', 'epoch'],
        ['canceled_at', 'canceled_at', 'epoch'],
        ['is_livemode', 'livemode', 'boolean'],
    ], keep=version_columns()) }}
),

final as (
    select parsed.*
    from parsed
    where {{ in_mode() }}
)

select * from final
