{{ sliced('refund_id') }}

with

charges as (
    select * from {{ ref('int_charges_attributed') }}
),

internal as (
    select * from {{ ref('int_internal_customers') }}
),

-- What a refund moved, in the currency of the balance: out when it was made, back if it did not arrive.
movements as (
    select
        transactions.source_id as refund_id,
        max(transactions.currency) as settlement_currency,
        -{{ total('transactions.amount_minor', 'bigint') }} as settled_minor,
        -{{ total('transactions.amount_usd') }} as amount_usd,
        max(case when transactions.reporting_category = 'refund_failure' then transactions.created_at end) as failed_at,
        bool_or(transactions.reporting_category = 'partial_capture_reversal') as is_capture_release
    from {{ ref('fct_balance_transactions') }} as transactions
    where transactions.cash_class = 'refund'
    group by transactions.source_id
),

final as (
    select
        refunds.refund_id,
        refunds.charge_id,
        refunds.payment_intent_id,
        charges.invoice_id,
        charges.subscription_id,
        charges.customer_key,
        internal.customer_key is not null as is_internal,
        refunds.created_at,
        movements.failed_at,
        refunds.currency,
        refunds.amount_minor,
        -- Refunds of old API versions have none; they were made at once.
        coalesce(refunds.status, 'succeeded') as status,
        refunds.reason,
        refunds.failure_reason,
        coalesce(movements.is_capture_release, false) as is_capture_release,
        movements.settlement_currency,
        cast(coalesce(movements.settled_minor, 0) as bigint) as settled_minor,
        cast(coalesce(movements.amount_usd, 0) as numeric(20, 6)) as amount_usd,
        refunds.account_id
    from {{ ref('stg_stripe__refunds') }} as refunds
    left join movements on refunds.refund_id = movements.refund_id
    left join charges on refunds.charge_id = charges.charge_id
    left join internal on charges.customer_key = internal.customer_key
    where not exists (
        select 1
        from {{ ref('int_objects_left_out') }} as left_out
        where left_out.object_id = refunds.refund_id
    )
)

select * from final
