{{ sliced() }}

-- What takes billed money back, and when that was itself undone. A credit note that carries a refund is that refund.
with

refunds as (
    select
        refunds.refund_id as reversal_id,
        coalesce(charges.invoice_id, staged_charges.payment_intent_id) as document_id,
        refunds.amount_minor,
        {{ utc_date('refunds.created_at') }} as happened_on,
        {{ utc_date('failures.created_at') }} as undone_on
    from {{ ref('stg_stripe__refunds') }} as refunds
    inner join {{ ref('stg_stripe__charges') }} as staged_charges
        on refunds.charge_id = staged_charges.charge_id
    inner join {{ ref('int_charges_attributed') }} as charges
        on refunds.charge_id = charges.charge_id
    left join {{ ref('stg_stripe__balance_transactions') }} as failures
        on refunds.failure_balance_transaction_id = failures.balance_transaction_id
    where
        refunds.status is null
        or refunds.status not in ('failed', 'canceled')
        or failures.balance_transaction_id is not null
),

-- Notes of older API versions name their refund without its amount: then it is all of the note.
credit_notes as (
    select
        credit_note_id,
        invoice_id,
        case
            when refunds is null or refunds = '[]' then amount_minor
            when {{ json_sum('refunds', 'amount_refunded') }} = 0 then 0
            else amount_minor - {{ json_sum('refunds', 'amount_refunded') }}
        end as amount_minor,
        {{ utc_date('coalesce(effective_at, created_at)') }} as happened_on,
        {{ utc_date('voided_at') }} as undone_on
    from {{ ref('stg_stripe__credit_notes') }}
    where not is_deleted
),

reversals as (
    select * from refunds
    union all
    select * from credit_notes
    where amount_minor > 0
    union all
    select
        concat('void:', invoice_id),
        invoice_id,
        cast(null as bigint),
        {{ utc_date('voided_at') }},
        cast(null as date)
    from {{ ref('stg_stripe__invoices') }}
    where voided_at is not null
    union all
    -- Given up is what was due, and no longer if it is paid after all.
    select
        concat('uncollectible:', invoice_id),
        invoice_id,
        case when status = 'paid' then amount_due_minor else amount_remaining_minor end,
        {{ utc_date('marked_uncollectible_at') }},
        case when paid_at >= marked_uncollectible_at then {{ utc_date('paid_at') }} end
    from {{ ref('stg_stripe__invoices') }}
    where marked_uncollectible_at is not null
),

final as (
    select
        reversal_id,
        document_id,
        amount_minor,
        happened_on,
        undone_on
    from reversals
    where document_id is not null and (undone_on is null or undone_on > happened_on)
)

select * from final
