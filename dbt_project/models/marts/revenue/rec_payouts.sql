with

payouts as (
    select * from {{ ref('fct_payouts') }}
),

transactions as (
    select * from {{ ref('fct_balance_transactions') }}
),

-- What was available when the payout left, its own transaction not yet taken off.
available as (
    select
        payouts.payout_id,
        {{ total('transactions.net_minor', 'bigint') }} as available_minor
    from payouts
    inner join transactions
        on
            payouts.currency = transactions.currency
            and payouts.account_id is not distinct from transactions.account_id
            and payouts.created_at >= transactions.available_on
            and payouts.created_at >= transactions.created_at
    where transactions.payout_id is distinct from payouts.payout_id
    group by payouts.payout_id
),

final as (
    select
        payouts.payout_id,
        payouts.created_at,
        payouts.currency,
        payouts.automatic,
        payouts.status,
        payouts.amount_minor,
        payouts.sent_minor,
        payouts.returned_minor,
        coalesce(available.available_minor, 0) as available_minor,
        cast(coalesce(available.available_minor, 0) - payouts.sent_minor as bigint) as left_minor,
        coalesce(
            payouts.amount_minor = payouts.sent_minor
            and payouts.returned_minor
            = case when payouts.status in ('failed', 'canceled') then payouts.amount_minor else 0 end,
            false
        ) as is_reconciled
    from payouts
    left join available on payouts.payout_id = available.payout_id
)

select * from final
