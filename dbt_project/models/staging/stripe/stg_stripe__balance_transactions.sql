{{ config(unique_key='balance_transaction_id') }}

with

versions as (
    {{ newest_versions('raw_stripe', 'balance_transactions', 'balance_transaction_id') }}
),

parsed as (
    {{ parse_json('versions', [
        ['balance_transaction_id', 'id'],
        ['source_id', 'source', 'id'],
        ['type', 'type'],
        ['reporting_category', 'reporting_category'],
        ['status', 'status'],
        ['currency', 'currency', 'lower'],
        ['description', 'description'],
        ['amount_minor', 'amount', 'bigint'],
        ['fee_minor', 'fee', 'bigint'],
        ['net_minor', 'net', 'bigint'],
        ['exchange_rate', 'exchange_rate', 'decimal'],
        ['fee_details', 'fee_details', 'list', {
            'type': 'text', 'amount': 'bigint', 'currency': 'text', 'description': 'text',
        }],
        ['created_at', 'created', 'epoch'],
        ['available_on', 'available_on', 'epoch'],
    ], keep=version_columns()) }}
),

final as (
    select parsed.*
    from parsed
)

select * from final
