with

payouts as (
    select * from {{ ref('fct_payouts') }}
),

transactions as (
    select * from {{ ref('fct_balance_transactions') }}
),

-- Stripe tells what a payout paid out of automatic ones, once it has completed the list, and only then it is read.
-- The nets are the list's own: it may hold transactions that are too old to be in the warehouse.
listed as (
    select
        payout_id,
        case when not is_own_booking then net_minor end as net_minor,
        -- Under which payout Stripe lists what a minimum balance keeps back is not documented; nothing is paid out twice.
        type like 'payout_minimum_balance%'
        or (not is_own_booking and count(*) over (partition by balance_transaction_id, is_own_booking) > 1) as is_doubtful
    from {{ ref('stg_stripe__payout_transactions') }}
),

contents as (
    select
        payout_id,
        {{ total('net_minor', 'bigint') }} as paid_out_minor,
        count(net_minor) as transactions
    from listed
    group by payout_id
    having max(case when is_doubtful then 1 else 0 end) = 0
),

-- When each transaction came to be available, and when each payout left.
moments as (
    select
        account_id, currency, greatest(created_at, available_on) as moment, net_minor, cast(null as text) as leaving_payout_id
    from transactions
    union all
    select account_id, currency, created_at, 0, payout_id from payouts
),

-- A running sum, because a payout has as many transactions before it as the account has.
running as (
    select
        leaving_payout_id as payout_id,
        sum(net_minor) over (partition by account_id, currency order by moment range unbounded preceding) as net_minor
    from moments
),

own as (
    select
        payouts.payout_id,
        sum(transactions.net_minor) as net_minor
    from payouts
    inner join transactions
        on
            payouts.payout_id = transactions.payout_id
            and payouts.created_at >= greatest(transactions.created_at, transactions.available_on)
    group by payouts.payout_id
),

-- What was available when the payout left, its own transaction not yet taken off.
available as (
    select
        running.payout_id,
        cast(running.net_minor - coalesce(own.net_minor, 0) as bigint) as available_minor
    from running
    left join own on running.payout_id = own.payout_id
    where running.payout_id is not null
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
            = case when payouts.status in ('failed', 'canceled') then payouts.amount_minor else 0 end
            and payouts.amount_minor = coalesce(contents.paid_out_minor, payouts.amount_minor),
            false
        ) as is_reconciled,
        contents.paid_out_minor,
        contents.transactions
    from payouts
    left join available on payouts.payout_id = available.payout_id
    left join contents on payouts.payout_id = contents.payout_id
)

select * from final
