{{ sliced() }}

-- What paid, or was to pay, which invoice. Since 2025-03-31 an invoice payment says so. Objects of before name each
-- other, and are asked only about invoices without any.
with

invoice_payments as (
    select
        payments.invoice_id,
        payments.charge_id,
        payments.payment_intent_id,
        payments.status = 'paid' as is_paid
    from {{ ref('stg_stripe__invoice_payments') }} as payments
    where not payments.is_deleted
),

named as (
    select
        invoices.invoice_id,
        invoices.own_charge_id as charge_id,
        invoices.own_payment_intent_id as payment_intent_id,
        invoices.status = 'paid' as is_paid
    from {{ ref('stg_stripe__invoices') }} as invoices
    where invoices.own_charge_id is not null or invoices.own_payment_intent_id is not null
    union
    select
        charges.own_invoice_id,
        charges.charge_id,
        charges.payment_intent_id,
        charges.status = 'succeeded'
    from {{ ref('stg_stripe__charges') }} as charges
    where charges.own_invoice_id is not null
    union
    select
        payment_intents.own_invoice_id,
        payment_intents.latest_charge_id,
        payment_intents.payment_intent_id,
        payment_intents.status = 'succeeded'
    from {{ ref('stg_stripe__payment_intents') }} as payment_intents
    where payment_intents.own_invoice_id is not null
),

final as (
    select
        invoice_payments.invoice_id,
        invoice_payments.charge_id,
        invoice_payments.payment_intent_id,
        invoice_payments.is_paid
    from invoice_payments
    union all
    select
        named.invoice_id,
        named.charge_id,
        named.payment_intent_id,
        named.is_paid
    from named
    where not exists (
        select 1
        from invoice_payments
        where invoice_payments.invoice_id = named.invoice_id
    )
)

select * from final
