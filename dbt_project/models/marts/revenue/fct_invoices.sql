{{ sliced('invoice_id') }}

with

invoices as (
    select * from {{ ref('stg_stripe__invoices') }}
    where not is_deleted
),

customers as (
    select * from {{ ref('dim_stripe_customers') }}
),

currencies as (
    select * from {{ ref('dim_currencies') }}
),

fx_rates as (
    select * from {{ ref('stg_seeds__fx_rates') }}
),

-- Tax inside a price is part of the subtotal, so what is added to it is the other tax only.
priced as (
    select
        invoices.*,
        invoices.tax_minor - invoices.inclusive_tax_minor as exclusive_tax_minor,
        {{ utc_date('coalesce(invoices.finalized_at, invoices.created_at)') }} as billed_on
    from invoices
),

final as (
    select
        priced.invoice_id,
        priced.number,
        customers.customer_key,
        coalesce(customers.is_internal, false) as is_internal,
        priced.customer_id as stripe_customer_id,
        priced.subscription_id,
        priced.status,
        priced.billing_reason,
        priced.collection_method,
        priced.created_at,
        priced.finalized_at,
        priced.due_at,
        priced.paid_at,
        priced.voided_at,
        priced.marked_uncollectible_at,
        priced.attempt_count,
        priced.currency,
        priced.subtotal_minor,
        priced.discount_minor,
        cast(priced.exclusive_tax_minor as bigint) as tax_minor,
        priced.inclusive_tax_minor,
        priced.total_minor,
        priced.starting_balance_minor,
        priced.ending_balance_minor,
        priced.pre_payment_credit_notes_minor,
        priced.post_payment_credit_notes_minor,
        priced.amount_due_minor,
        priced.amount_paid_minor,
        priced.amount_remaining_minor,
        coalesce(priced.amount_overpaid_minor, 0) as amount_overpaid_minor,
        coalesce(priced.paid_off_stripe_minor, 0) as paid_out_of_band_minor,
        {{ minor_to_usd('priced.total_minor', 'currencies.exponent', 'fx_rates.usd_per_unit') }} as total_usd,
        {{ minor_to_usd(
            'priced.total_minor - priced.tax_minor', 'currencies.exponent', 'fx_rates.usd_per_unit'
        ) }} as total_excluding_tax_usd,
        {{ minor_to_usd('priced.amount_due_minor', 'currencies.exponent', 'fx_rates.usd_per_unit') }} as amount_due_usd,
        priced.account_id
    from priced
    left join customers on priced.customer_id = customers.stripe_customer_id
    left join currencies on priced.currency = currencies.currency
    left join fx_rates
        on
            priced.currency = fx_rates.currency
            and priced.billed_on >= fx_rates.valid_from
            and (fx_rates.valid_to is null or priced.billed_on < fx_rates.valid_to)
)

select * from final
