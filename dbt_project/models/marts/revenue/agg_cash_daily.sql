with

final as (
    select
        {{ utc_date('transactions.created_at') }} as date,
        transactions.currency,
        transactions.cash_class,
        count(*) as transactions,
        {{ total('transactions.amount_minor', 'bigint') }} as amount_minor,
        {{ total('transactions.fee_minor', 'bigint') }} as fee_minor,
        {{ total('transactions.net_minor', 'bigint') }} as net_minor,
        {{ total('transactions.amount_usd') }} as amount_usd,
        {{ total('transactions.fee_usd') }} as fee_usd,
        {{ total('transactions.net_usd') }} as net_usd
    from {{ ref('fct_balance_transactions') }} as transactions
    cross join {{ ref('stg_tillhouse__run_context') }} as run_context
    where {{ utc_date('transactions.created_at') }} <= run_context.last_day
    group by
        {{ utc_date('transactions.created_at') }},
        transactions.currency,
        transactions.cash_class
)

select * from final
