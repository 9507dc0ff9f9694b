{{ config(unique_key='credit_note_id') }}

{% set fields = [
    ['credit_note_id', 'id'],
    ['invoice_id', 'invoice', 'id'],
    ['customer_id', 'customer', 'id'],
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
    ['lines', 'lines.data', 'list'],
    ['old_refunds', 'refunds', 'list', {'refund': 'id'}],
    ['old_refund_id', 'refund', 'id'],
    ['created_at', 'created', 'epoch'],
    ['effective_at', 'effective_at', 'epoch'],
    ['voided_at', 'voided_at', 'epoch'],
    ['is_livemode', 'livemode', 'boolean'],
] -%}

with

versions as (
    {{ newest_versions('raw_stripe', 'credit_notes', 'credit_note_id') }}
),

parsed as (
    {{ parse_json('versions', fields, keep=version_columns()) }}
),

-- Before 2025-03-31 a note named its one refund, without the amount.
final as (
    select
        {{ staged_columns(fields, version_columns()) }},
        coalesce(old_refunds, '[{"refund":"' || old_refund_id || '"}]') as refunds
    from parsed
    where {{ in_mode() }}
)

select * from final
