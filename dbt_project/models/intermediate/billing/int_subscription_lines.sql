{{ sliced() }}

with

lines as (
    select * from {{ ref('stg_stripe__invoice_lines') }}
),

invoices as (
    select * from {{ ref('stg_stripe__invoices') }}
),

subscriptions as (
    select * from {{ ref('stg_stripe__subscriptions') }}
),

final as (
    select
        lines.line_id,
        lines.invoice_id,
        lines.subscription_id,
        lines.subscription_item_id,
        lines.price_id,
        lines.quantity,
        lines.amount_minor,
        lines.amount_minor - lines.discount_minor as net_minor,
        lines.inclusive_tax_minor,
        lines.period_started_at,
        lines.period_ends_at,
        lines.is_proration,
        lines.is_proration and {{ gives_back('lines') }} as is_credit,
        -- A trial's lines come to nothing and begin inside the trial; an earlier trial left only its amounts of 0.
        coalesce(
            lines.period_started_at < subscriptions.trial_ends_at
            and (lines.period_started_at >= subscriptions.trial_started_at or lines.amount_minor = 0),
            false
        ) as is_trial,
        invoices.status as invoice_status,
        invoices.billing_reason,
        coalesce(invoices.attempt_count, 0) > 0 as is_attempted,
        invoices.discounts as invoice_discounts,
        lines.discounts as line_discounts,
        invoices.created_at as invoiced_at,
        invoices.paid_at
    from lines
    inner join invoices on lines.invoice_id = invoices.invoice_id
    inner join subscriptions on lines.subscription_id = subscriptions.subscription_id
    where
        lines.subscription_item_id is not null
        -- A voided invoice with a revision was corrected, not withdrawn: the revision speaks for it.
        and not (invoices.status = 'void' and invoices.latest_revision_id is not null)
)

select * from final
