{{ config(unique_key='credit_note_id') }}

with

versions as (
    {{ newest_versions('raw_stripe', 'credit_notes', 'credit_note_id') }}
),

parsed as (
    {{ parse_json('versions', [
        ['credit_note_id', 'id'],
        ['invoice_id', 'invoice', 'id'],
        ['customer_id', 'customer'],
        ['status', 'status'],
        ['type', 'type'],
        ['reason', 'reason'],
        ['currency', 'currency', 'lower'],
        ['subtotal_minor', 'subtotal', 'bigint'],
        ['total_minor', 'total', 'bigint'],
        ['amount_minor', 'amount', 'bigint'],
        ['discount_minor', 'discount_amount', 'bigint'],
        ['pre_payment_minor', 'pre_payment_amount', 'bigint'],
        ['post_payment_minor', 'post_payment_amount', 'bigint'],
        ['out_of_band_minor', 'out_of_band_amount', 'bigint'],
        ['lines', 'lines.data'],
        ['refunds', 'refunds'],
        ['created_at', 'created', 'epoch'],
        ['effective_at', 'effective_at', 'epoch'],
        ['voided_at', 'voided_at', 'epoch'],
        ['is_livemode', 'livemode', 'boolean'],
    ], keep=version_columns()) }}
),

final as (
    select parsed.*
    from parsed
    where {{ in_mode() }}
)

select * from final
