-- Identity 19: what was paid of an invoice came by its charges or past Stripe.
with

charged as (
    select
        invoice_id,
        sum(captured_minor) as captured_minor
    from {{ ref('fct_payments') }}
    where invoice_id is not null
    group by invoice_id
)

select
    concat(
        'invoice ', invoices.invoice_id, ' was paid ', invoices.amount_paid_minor, ', by charges ',
        coalesce(charged.captured_minor, 0), ' and out of band ', invoices.paid_out_of_band_minor
    ) as message
from {{ ref('fct_invoices') }} as invoices
left join charged
    on invoices.invoice_id = charged.invoice_id
where invoices.amount_paid_minor <> coalesce(charged.captured_minor, 0) + invoices.paid_out_of_band_minor
