{{ config(unique_key='refund_id') }}

with

versions as (
    {{ newest_versions('raw_stripe', 'refunds', 'refund_id') }}
),

parsed as (
    {{ parse_json('versions', [
        ['refund_id', 'id'],
        ['charge_id', 'charge', 'id'],
        ['payment_intent_id', 'payment_intent', 'id'],
        ['balance_transaction_id', 'balance_transaction', 'id'],
        ['failure_balance_transaction_id', 'failure_balance_transaction', 'id'],
        ['status', 'status'],
        ['reason', 'reason'],
        ['failure_reason', 'failure_reason'],
        ['currency', 'currency', 'lower'],
        ['amount_minor', 'amount', 'bigint'],
        ['created_at', 'created', 'epoch'],
    ], keep=version_columns()) }}
),

final as (
    select parsed.*
    from parsed
)

select * from final
