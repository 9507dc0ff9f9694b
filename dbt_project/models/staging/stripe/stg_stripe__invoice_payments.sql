{{ config(unique_key='invoice_payment_id') }}

with

versions as (
    {{ newest_versions('raw_stripe', 'invoice_payments', 'invoice_payment_id') }}
),

parsed as (
    {{ parse_json('versions', [
        ['invoice_payment_id', 'id'],
        ['invoice_id', 'invoice', 'id'],
        ['payment_type', 'payment.type'],
        ['payment_intent_id', 'payment.payment_intent', 'id'],
        ['charge_id', 'payment.charge', 'id'],
        ['payment_record_id', 'payment.payment_record', 'id'],
        ['status', 'status'],
        ['currency', 'currency', 'lower'],
        ['amount_paid_minor', 'amount_paid', 'bigint'],
        ['amount_requested_minor', 'amount_requested', 'bigint'],
        ['is_default', 'is_default', 'boolean'],
        ['created_at', 'created', 'epoch'],
        ['paid_at', 'status_transitions.paid_at', 'epoch'],
        ['canceled_at', 'status_transitions.canceled_at', 'epoch'],
        ['is_livemode', 'livemode', 'boolean'],
    ], keep=version_columns()) }}
),

final as (
    select parsed.*
    from parsed
    where {{ in_mode() }}
)

select * from final
