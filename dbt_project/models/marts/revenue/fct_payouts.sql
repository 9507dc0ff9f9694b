with

-- What left the balance with a payout, and what its failure or cancellation brought back.
movements as (
    select
        transactions.payout_id,
        -{{ total("case when transactions.cash_class = 'payout' then transactions.net_minor end", 'bigint') }} as sent_minor,
        {{ total("case when transactions.cash_class = 'payout_reversal' then transactions.net_minor end", 'bigint') }}
            as returned_minor,
        -{{ total("case when transactions.cash_class = 'payout' then transactions.net_usd end") }} as amount_usd,
        max(case when transactions.cash_class = 'payout_reversal' then transactions.created_at end) as returned_at
    from {{ ref('fct_balance_transactions') }} as transactions
    where transactions.payout_id is not null
    group by transactions.payout_id
),

final as (
    select
        payouts.payout_id,
        payouts.created_at,
        payouts.arrival_at as arrives_at,
        movements.returned_at,
        payouts.currency,
        payouts.amount_minor,
        coalesce(payouts.is_automatic, false) as automatic,
        payouts.status,
        payouts.method,
        payouts.type,
        payouts.failure_code,
        payouts.original_payout_id,
        payouts.balance_transaction_id,
        payouts.failure_balance_transaction_id,
        cast(coalesce(movements.sent_minor, 0) as bigint) as sent_minor,
        cast(coalesce(movements.returned_minor, 0) as bigint) as returned_minor,
        cast(coalesce(movements.amount_usd, 0) as numeric(20, 6)) as amount_usd,
        payouts.account_id
    from {{ ref('stg_stripe__payouts') }} as payouts
    left join movements on payouts.payout_id = movements.payout_id
)

select * from final
