{{ config(unique_key='dispute_id') }}

with

versions as (
    {{ newest_versions('raw_stripe', 'disputes', 'dispute_id') }}
),

parsed as (
    {{ parse_json('versions', [
        ['dispute_id', 'id'],
        ['charge_id', 'charge', 'id'],
        ['payment_intent_id', 'payment_intent', 'id'],
        ['status', 'status'],
        ['reason', 'reason'],
        ['currency', 'currency', 'lower'],
        ['amount_minor', 'amount', 'bigint'],
        ['is_charge_refundable', 'is_charge_refundable', 'boolean'],
        ['balance_transactions', 'balance_transactions', 'list'],
        ['created_at', 'created', 'epoch'],
        ['evidence_due_at', 'evidence_details.due_by', 'epoch'],
        ['is_livemode', 'livemode', 'boolean'],
    ], keep=version_columns()) }}
),

final as (
    select parsed.*
    from parsed
    where {{ in_mode() }}
)

select * from final
