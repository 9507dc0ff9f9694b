{{ sliced('charge_id') }}

with

attributed as (
    select * from {{ ref('int_charges_attributed') }}
),

internal as (
    select * from {{ ref('int_internal_customers') }}
),

-- Several refunds or disputes of one charge are summed first: joined one by one they would multiply it. What was
-- authorised and not captured goes back, too, but was never taken.
refunded as (
    select charge_id, {{ total('amount_minor', 'bigint') }} as refunded_minor
    from {{ ref('fct_refunds') }}
    where status not in ('failed', 'canceled') and not is_capture_release
    group by charge_id
),

disputed as (
    select charge_id, {{ total('disputed_minor', 'bigint') }} as disputed_minor
    from {{ ref('fct_disputes') }}
    group by charge_id
),

-- What the charge itself brought to the balance: in its own currency, or converted.
settled as (
    select
        source_id as charge_id,
        max(currency) as settlement_currency,
        {{ total('amount_minor', 'bigint') }} as settled_minor,
        {{ total('fee_minor', 'bigint') }} as fee_minor,
        {{ total('amount_usd') }} as amount_usd,
        {{ total('fee_usd') }} as fee_usd
    from {{ ref('fct_balance_transactions') }}
    where cash_class = 'sale'
    group by source_id
),

-- A payment that did not succeed, or not yet, took nothing, whatever Stripe was authorised to take.
captured as (
    select
        charges.*,
        case when charges.status = 'succeeded' then coalesce(charges.amount_captured_minor, 0) else 0 end as captured_minor,
        coalesce(refunded.refunded_minor, 0) as refunded_minor,
        coalesce(disputed.disputed_minor, 0) as disputed_minor
    from {{ ref('stg_stripe__charges') }} as charges
    left join refunded on charges.charge_id = refunded.charge_id
    left join disputed on charges.charge_id = disputed.charge_id
),

final as (
    select
        captured.charge_id,
        captured.payment_intent_id,
        attributed.invoice_id,
        attributed.subscription_id,
        attributed.customer_key,
        internal.customer_key is not null as is_internal,
        attributed.revenue_stream,
        captured.created_at,
        captured.status,
        captured.failure_code,
        captured.payment_method_type,
        captured.billing_country,
        captured.card_country,
        captured.currency,
        captured.amount_minor,
        cast(captured.captured_minor as bigint) as captured_minor,
        cast(captured.refunded_minor as bigint) as refunded_minor,
        cast(captured.disputed_minor as bigint) as disputed_minor,
        cast(captured.captured_minor - captured.refunded_minor - captured.disputed_minor as bigint) as retained_minor,
        settled.settlement_currency,
        cast(coalesce(settled.settled_minor, 0) as bigint) as settled_minor,
        cast(coalesce(settled.fee_minor, 0) as bigint) as fee_minor,
        cast(coalesce(settled.amount_usd, 0) as numeric(20, 6)) as amount_usd,
        cast(coalesce(settled.fee_usd, 0) as numeric(20, 6)) as fee_usd,
        captured.account_id
    from captured
    inner join attributed on captured.charge_id = attributed.charge_id
    left join internal on attributed.customer_key = internal.customer_key
    left join settled on captured.charge_id = settled.charge_id
)

select * from final
