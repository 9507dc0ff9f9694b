{{ sliced('invoice_id') }}

with

invoices as (
    select * from {{ ref('fct_invoices') }}
),

lines as (
    select invoice_id, sum(amount_minor) as amount_minor
    from {{ ref('fct_invoice_lines') }}
    group by invoice_id
),

charged as (
    select invoice_id, sum(captured_minor) as captured_minor
    from {{ ref('fct_payments') }}
    where invoice_id is not null
    group by invoice_id
),

compared as (
    select
        invoices.*,
        coalesce(lines.amount_minor, 0) as lines_minor,
        coalesce(charged.captured_minor, 0) as charges_minor,
        invoices.total_minor - (invoices.subtotal_minor - invoices.discount_minor + invoices.tax_minor) as total_gap_minor,
        invoices.subtotal_minor - coalesce(lines.amount_minor, 0) as lines_gap_minor,
        invoices.amount_due_minor + invoices.amount_overpaid_minor
        - (invoices.amount_paid_minor + invoices.amount_remaining_minor) as due_gap_minor,
        invoices.amount_paid_minor - (coalesce(charged.captured_minor, 0) + invoices.paid_out_of_band_minor)
            as cash_gap_minor
    from invoices
    left join lines on invoices.invoice_id = lines.invoice_id
    left join charged on invoices.invoice_id = charged.invoice_id
),

final as (
    select
        compared.invoice_id,
        compared.customer_key,
        compared.status,
        compared.currency,
        compared.subtotal_minor,
        cast(compared.lines_minor as bigint) as lines_minor,
        compared.discount_minor,
        compared.tax_minor,
        compared.total_minor,
        compared.amount_due_minor,
        compared.amount_paid_minor,
        compared.amount_remaining_minor,
        cast(compared.charges_minor as bigint) as charges_minor,
        compared.paid_out_of_band_minor,
        cast(compared.total_gap_minor as bigint) as total_gap_minor,
        cast(compared.lines_gap_minor as bigint) as lines_gap_minor,
        cast(compared.due_gap_minor as bigint) as due_gap_minor,
        cast(compared.cash_gap_minor as bigint) as cash_gap_minor,
        coalesce(
            compared.total_gap_minor = 0
            and compared.lines_gap_minor = 0
            and compared.due_gap_minor = 0
            and compared.cash_gap_minor = 0,
            false
        ) as is_reconciled
    from compared
)

select * from final
