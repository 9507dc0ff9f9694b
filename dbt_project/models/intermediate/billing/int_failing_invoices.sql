{{ sliced() }}

with

failed_payments as (
    select * from {{ ref('int_failed_payments') }}
),

invoices as (
    select * from {{ ref('stg_stripe__invoices') }}
),

lives as (
    select * from {{ ref('int_subscription_lives') }}
),

-- A subscription is as healthy as its latest invoice: paying a later one ends the trouble of the earlier.
later_payments as (
    select
        failed_payments.invoice_id,
        min(invoices.paid_at) as later_paid_at
    from failed_payments
    inner join invoices on failed_payments.subscription_id = invoices.subscription_id
    where
        invoices.created_at > failed_payments.invoiced_at
        and invoices.paid_at > failed_payments.first_failed_at
        and invoices.total_minor > 0
    group by failed_payments.invoice_id
),

final as (
    select
        failed_payments.subscription_id,
        failed_payments.invoice_id,
        failed_payments.first_failed_at,
        failed_payments.last_failed_at,
        least(
            lives.ended_at,
            coalesce(failed_payments.paid_at, {{ open_instant() }}),
            coalesce(later_payments.later_paid_at, {{ open_instant() }}),
            -- A subscription that is still past due was not healed by giving the invoice up.
            case
                when lives.status in ('past_due', 'unpaid') then {{ open_instant() }}
                else coalesce(failed_payments.voided_at, failed_payments.marked_uncollectible_at, {{ open_instant() }})
            end
        ) as resolved_at
    from failed_payments
    inner join lives on failed_payments.subscription_id = lives.subscription_id
    left join invoices on failed_payments.invoice_id = invoices.invoice_id
    left join later_payments on failed_payments.invoice_id = later_payments.invoice_id
    -- Until its first bill is paid, a subscription is incomplete and not past due; one that is sent to be paid is active.
    where invoices.billing_reason is distinct from 'subscription_create' or invoices.collection_method = 'send_invoice'
)

select * from final
