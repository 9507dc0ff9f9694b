{{ sliced('dispute_id') }}

with

charges as (
    select * from {{ ref('int_charges_attributed') }}
),

internal as (
    select * from {{ ref('int_internal_customers') }}
),

-- A dispute has none (an inquiry), one (the money is gone) or two (it came back) transactions, the fee inside them.
movements as (
    select
        transactions.source_id as dispute_id,
        count(*) as transactions,
        max(transactions.currency) as settlement_currency,
        -{{ total('transactions.amount_minor', 'bigint') }} as settled_minor,
        -{{ total('transactions.amount_usd') }} as amount_usd,
        {{ total('transactions.fee_minor', 'bigint') }} as fee_minor,
        {{ total('transactions.fee_usd') }} as fee_usd,
        min(case when transactions.cash_class = 'dispute' then transactions.created_at end) as withdrawn_at,
        max(case when transactions.cash_class = 'dispute_reversal' then transactions.created_at end) as reinstated_at
    from {{ ref('fct_balance_transactions') }} as transactions
    where transactions.cash_class in ('dispute', 'dispute_reversal')
    group by transactions.source_id
),

final as (
    select
        disputes.dispute_id,
        disputes.charge_id,
        charges.invoice_id,
        charges.subscription_id,
        charges.customer_key,
        internal.customer_key is not null as is_internal,
        disputes.created_at,
        disputes.evidence_due_at,
        disputes.currency,
        disputes.amount_minor,
        disputes.status,
        disputes.reason,
        case
            when disputes.status in ('won', 'lost', 'prevented') then disputes.status
            when disputes.status like 'warning%' then 'inquiry'
            else 'open'
        end as outcome,
        cast(coalesce(movements.transactions, 0) as bigint) as transactions,
        movements.withdrawn_at,
        movements.reinstated_at,
        -- The bank holds the whole claim or nothing of it; what it is worth in the balance is for the balance to say.
        cast(case when movements.settled_minor > 0 then disputes.amount_minor else 0 end as bigint) as disputed_minor,
        movements.settlement_currency,
        cast(coalesce(movements.settled_minor, 0) as bigint) as settled_minor,
        cast(coalesce(movements.fee_minor, 0) as bigint) as fee_minor,
        cast(coalesce(movements.amount_usd, 0) as numeric(20, 6)) as amount_usd,
        cast(coalesce(movements.fee_usd, 0) as numeric(20, 6)) as fee_usd,
        disputes.account_id
    from {{ ref('stg_stripe__disputes') }} as disputes
    left join movements on disputes.dispute_id = movements.dispute_id
    left join charges on disputes.charge_id = charges.charge_id
    left join internal on charges.customer_key = internal.customer_key
)

select * from final
