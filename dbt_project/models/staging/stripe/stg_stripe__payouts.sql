{{ config(unique_key='payout_id', meta={'looked_up': true}) }}

with

versions as (
    {{ newest_versions('raw_stripe', 'payouts', 'payout_id') }}
),

parsed as (
    {{ parse_json('versions', [
        ['payout_id', 'id'],
        ['balance_transaction_id', 'balance_transaction', 'id'],
        ['failure_balance_transaction_id', 'failure_balance_transaction', 'id'],
        ['original_payout_id', 'original_payout', 'id'],
        ['status', 'status'],
        ['currency', 'currency', 'lower'],
        ['method', 'method'],
        ['type', 'type'],
        ['failure_code', 'failure_code'],
        ['amount_minor', 'amount', 'bigint'],
        ['is_automatic', 'automatic', 'boolean'],
        ['created_at', 'created', 'epoch'],
        ['arrival_at', 'arrival_date', 'epoch'],
        ['is_livemode', 'livemode', 'boolean'],
    ], keep=version_columns()) }}
),

final as (
    select parsed.*
    from parsed
    where {{ in_mode() }}
)

select * from final
