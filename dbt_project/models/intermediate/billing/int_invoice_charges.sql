{{ sliced() }}

with

charges as (
    select * from {{ ref('stg_stripe__charges') }}
),

invoice_payments as (
    select * from {{ ref('int_invoice_payments_collected') }}
),

-- A payment intent keeps every charge that was tried for it; an invoice reaches them through its payments.
final as (
    select
        invoice_payments.invoice_id,
        charges.charge_id,
        charges.status,
        charges.created_at
    from charges
    inner join invoice_payments on charges.payment_intent_id = invoice_payments.payment_intent_id
    union
    select
        invoice_payments.invoice_id,
        charges.charge_id,
        charges.status,
        charges.created_at
    from charges
    inner join invoice_payments on charges.charge_id = invoice_payments.charge_id
)

select * from final
