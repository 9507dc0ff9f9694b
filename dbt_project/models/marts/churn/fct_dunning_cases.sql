{{ sliced('invoice_id') }}

with

invoices as (
    select * from {{ ref('fct_invoices') }}
),

judged as (
    select * from {{ ref('int_dunning_outcomes') }}
),

last_failures as (
    select
        invoice_charges.invoice_id,
        payments.failure_code,
        row_number() over (
            partition by invoice_charges.invoice_id order by payments.created_at desc, payments.charge_id desc
        ) as recency
    from {{ ref('int_invoice_charges') }} as invoice_charges
    inner join {{ ref('fct_payments') }} as payments on invoice_charges.charge_id = payments.charge_id
    where payments.status = 'failed'
),

closed as (
    select
        judged.invoice_id,
        invoices.subscription_id,
        invoices.customer_key,
        invoices.is_internal,
        judged.opened_at,
        judged.last_failed_at,
        invoices.attempt_count as attempts,
        last_failures.failure_code,
        invoices.currency,
        invoices.amount_due_minor,
        invoices.amount_due_usd,
        judged.outcome,
        case judged.outcome
            when 'recovered' then invoices.paid_at when 'lost' then judged.lost_at when 'voided' then invoices.voided_at
        end as closed_at,
        judged.outcome = 'recovered' and invoices.paid_at < judged.patience_ends_at as is_recovered_in_time,
        judged.is_mature
    from judged
    inner join invoices on judged.invoice_id = invoices.invoice_id
    left join last_failures on judged.invoice_id = last_failures.invoice_id and last_failures.recency = 1
),

final as (
    select
        closed.*,
        {{ days_between(utc_date('closed.opened_at'), utc_date('closed.closed_at')) }} as days
    from closed
)

select * from final
