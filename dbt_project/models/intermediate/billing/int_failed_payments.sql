{{ sliced('invoice_id') }}

with

invoices as (
    select * from {{ ref('stg_stripe__invoices') }}
),

invoice_charges as (
    select * from {{ ref('int_invoice_charges') }}
),

events as (
    select * from {{ ref('stg_stripe__events') }}
),

failed_charges as (
    select invoice_id, created_at as failed_at
    from invoice_charges
    where status = 'failed'
),

-- A bank that asks for its customer leaves no charge behind, only an event.
failures_without_charge as (
    select
        events.object_id as invoice_id,
        events.created_at as failed_at
    from events
    where
        events.event_type = 'invoice.payment_failed'
        and events.object_id not in (select failed_charges.invoice_id from failed_charges)
),

-- Without a payment method there is nothing to charge: the count of attempts is all that is left of them. A charge
-- under way has not failed yet.
silent_failures as (
    select
        invoices.invoice_id,
        invoices.finalized_at as failed_at
    from invoices
    left join invoice_charges
        on invoices.invoice_id = invoice_charges.invoice_id and invoice_charges.status in ('failed', 'pending')
    left join failures_without_charge on invoices.invoice_id = failures_without_charge.invoice_id
    where
        invoices.collection_method = 'charge_automatically'
        and invoices.attempt_count > case when invoices.status = 'paid' then 1 else 0 end
        and invoices.finalized_at is not null
        and invoice_charges.invoice_id is null
        and failures_without_charge.invoice_id is null
),

-- A bill that is sent and not collected fails on the day it is due.
missed_due_dates as (
    select
        invoices.invoice_id,
        invoices.due_at as failed_at
    from invoices
    where invoices.collection_method = 'send_invoice' and invoices.due_at is not null
),

attempts as (
    select * from failed_charges
    union
    select * from failures_without_charge
    union
    select * from silent_failures
    union
    select * from missed_due_dates
),

final as (
    select
        invoices.subscription_id,
        invoices.invoice_id,
        invoices.status as invoice_status,
        invoices.created_at as invoiced_at,
        invoices.paid_at,
        invoices.voided_at,
        invoices.marked_uncollectible_at,
        min(attempts.failed_at) as first_failed_at,
        max(attempts.failed_at) as last_failed_at
    from attempts
    inner join invoices on attempts.invoice_id = invoices.invoice_id
    where attempts.failed_at < coalesce(invoices.paid_at, {{ open_instant() }})
    group by
        invoices.subscription_id, invoices.invoice_id, invoices.status, invoices.created_at,
        invoices.paid_at, invoices.voided_at, invoices.marked_uncollectible_at
)

select * from final
