-- Identity 18: total = subtotal - discount + tax; the lines sum to the subtotal; due = paid + remaining.
with

lines as (
    select
        invoice_id,
        sum(amount_minor) as amount_minor
    from {{ ref('fct_invoice_lines') }}
    group by invoice_id
)

select
    concat(
        'invoice ', invoices.invoice_id, ' does not add up: subtotal ', invoices.subtotal_minor, ' (lines ',
        coalesce(lines.amount_minor, 0), ') - discount ', invoices.discount_minor, ' + tax ', invoices.tax_minor,
        ' against total ', invoices.total_minor, '; paid ', invoices.amount_paid_minor, ' + remaining ',
        invoices.amount_remaining_minor, ' - overpaid ', invoices.amount_overpaid_minor, ' against due ',
        invoices.amount_due_minor
    ) as message
from {{ ref('fct_invoices') }} as invoices
left join lines
    on invoices.invoice_id = lines.invoice_id
where
    invoices.total_minor <> invoices.subtotal_minor - invoices.discount_minor + invoices.tax_minor
    or invoices.subtotal_minor <> coalesce(lines.amount_minor, 0)
    or invoices.amount_due_minor + invoices.amount_overpaid_minor
    <> invoices.amount_paid_minor + invoices.amount_remaining_minor
