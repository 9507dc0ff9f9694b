{{ sliced('balance_transaction_id') }}
{{ config(post_hook='{{ mark_what_was_paid_out() }}') }}

with

-- A transaction names what it comes from; refunds and disputes lead on to their charge.
sources as (
    select
        charges.charge_id as source_id,
        charges.charge_id,
        cast(null as text) as payout_id
    from {{ ref('stg_stripe__charges') }} as charges
    union all
    select
        refunds.refund_id,
        refunds.charge_id,
        null
    from {{ ref('stg_stripe__refunds') }} as refunds
    union all
    select
        disputes.dispute_id,
        disputes.charge_id,
        null
    from {{ ref('stg_stripe__disputes') }} as disputes
    union all
    select
        payouts.payout_id,
        null,
        payouts.payout_id
    from {{ ref('stg_stripe__payouts') }} as payouts
),

converted as (
    select
        transactions.balance_transaction_id,
        {{ minor_to_usd('transactions.amount_minor', 'currencies.exponent', 'rates.usd_per_unit') }} as amount_usd,
        {{ minor_to_usd('transactions.fee_minor', 'currencies.exponent', 'rates.usd_per_unit') }} as fee_usd
    from {{ ref('stg_stripe__balance_transactions') }} as transactions
    left join {{ ref('dim_currencies') }} as currencies
        on transactions.currency = currencies.currency
    left join {{ ref('int_fx_rates_daily') }} as rates
        on transactions.currency = rates.currency and {{ utc_date('transactions.created_at') }} = rates.date
),

paid_out as (
    {{ paid_out_by(ref('stg_stripe__balance_transactions')) }}
),

final as (
    select
        transactions.balance_transaction_id,
        transactions.created_at,
        transactions.available_on,
        transactions.currency,
        transactions.amount_minor,
        transactions.fee_minor,
        transactions.net_minor,
        converted.amount_usd,
        converted.fee_usd,
        cast(converted.amount_usd - converted.fee_usd as numeric(20, 6)) as net_usd,
        transactions.reporting_category,
        {{ cash_class('transactions.reporting_category') }} as cash_class,
        transactions.type,
        transactions.status,
        transactions.source_id,
        sources.charge_id,
        charges.invoice_id,
        charges.subscription_id,
        sources.payout_id,
        charges.customer_key,
        internal.customer_key is not null as is_internal,
        coalesce(charges.revenue_stream, 'unattributed') as revenue_stream,
        transactions.account_id,
        paid_out.payout_id as paid_out_by
    from {{ ref('stg_stripe__balance_transactions') }} as transactions
    inner join converted
        on transactions.balance_transaction_id = converted.balance_transaction_id
    left join sources
        on transactions.source_id = sources.source_id
    left join paid_out
        on transactions.balance_transaction_id = paid_out.balance_transaction_id
    left join {{ ref('int_charges_attributed') }} as charges
        on sources.charge_id = charges.charge_id
    left join {{ ref('int_internal_customers') }} as internal
        on charges.customer_key = internal.customer_key
    where not exists (
        select 1
        from {{ ref('int_objects_left_out') }} as left_out
        where left_out.object_id = transactions.source_id
    )
)

select * from final
