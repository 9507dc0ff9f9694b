{{ sliced() }}

-- The first money of each customer: a captured charge, or an invoice paid outside of Stripe.
with

payments as (
    select
        attributed.customer_key,
        charges.created_at as paid_at
    from {{ ref('stg_stripe__charges') }} as charges
    inner join {{ ref('int_charges_attributed') }} as attributed
        on charges.charge_id = attributed.charge_id
    where charges.status = 'succeeded' and charges.amount_captured_minor > 0
    union all
    select
        customers.customer_key,
        invoices.paid_at
    from {{ ref('stg_stripe__invoices') }} as invoices
    inner join {{ ref('int_customers_identified') }} as customers
        on invoices.customer_id = customers.stripe_customer_id
    where invoices.paid_off_stripe_minor > 0 and not invoices.is_deleted
),

final as (
    select
        customer_key,
        min(paid_at) as first_paid_at
    from payments
    where customer_key is not null
    group by customer_key
)

select * from final
