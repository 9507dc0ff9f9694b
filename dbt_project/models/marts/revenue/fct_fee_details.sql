{{ sliced('balance_transaction_id') }}

with

details as (
    select
        transactions.balance_transaction_id,
        detail.position as detail_position,
        detail.element as object
    from {{ ref('stg_stripe__balance_transactions') }} as transactions
    {{ json_rows('transactions.fee_details', 'detail') }}
),

parsed as (
    {{ parse_json('details', [
        ['type', 'type'],
        ['amount_minor', 'amount', 'bigint'],
        ['currency', 'currency', 'lower'],
        ['description', 'description'],
    ], keep=['balance_transaction_id', 'detail_position']) }}
),

final as (
    select
        parsed.balance_transaction_id,
        parsed.detail_position,
        parsed.type,
        parsed.amount_minor,
        parsed.currency,
        parsed.description,
        transactions.account_id
    from parsed
    inner join {{ ref('fct_balance_transactions') }} as transactions
        on parsed.balance_transaction_id = transactions.balance_transaction_id
)

select * from final
