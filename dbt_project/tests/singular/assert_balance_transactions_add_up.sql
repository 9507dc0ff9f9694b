-- Identity 12: net = amount - fee, and the parts of a fee sum to it.
with

details as (
    select
        balance_transaction_id,
        sum(amount_minor) as fee_minor
    from {{ ref('fct_fee_details') }}
    group by balance_transaction_id
)

select
    transactions.balance_transaction_id,
    concat(
        'balance transaction ', transactions.balance_transaction_id, ' does not add up: amount ',
        cast(transactions.amount_minor as text), ', fee ', cast(transactions.fee_minor as text),
        ' (parts ', cast(coalesce(details.fee_minor, 0) as text), '), net ',
        cast(transactions.net_minor as text)
    ) as message
from {{ ref('fct_balance_transactions') }} as transactions
left join details
    on transactions.balance_transaction_id = details.balance_transaction_id
where
    transactions.net_minor <> transactions.amount_minor - transactions.fee_minor
    or transactions.fee_minor <> coalesce(details.fee_minor, 0)
