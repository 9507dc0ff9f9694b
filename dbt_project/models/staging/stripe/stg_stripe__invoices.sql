{{ config(unique_key='invoice_id') }}

{% set fields = [
    ['invoice_id', 'id'],
    ['customer_id', 'customer', 'id'],
    ['subscription_id', ['parent.subscription_details.subscription', 'subscription'], 'id'],
    ['old_parent_type', 'parent.type'],
    ['old_quote_id', 'quote', 'id'],
    ['own_charge_id', 'charge', 'id'],
    ['own_payment_intent_id', 'payment_intent', 'id'],
    ['number', 'number'],
    ['status', 'status'],
    ['billing_reason', 'billing_reason'],
    ['collection_method', 'collection_method'],
    ['currency', 'currency', 'lower'],
    ['subtotal_minor', 'subtotal', 'bigint'],
    ['total_minor', 'total', 'bigint'],
    ['total_excluding_tax_minor', 'total_excluding_tax', 'bigint'],
    ['amount_due_minor', 'amount_due', 'bigint'],
    ['amount_paid_minor', 'amount_paid', 'bigint'],
    ['amount_remaining_minor', 'amount_remaining', 'bigint'],
    ['amount_overpaid_minor', 'amount_overpaid', 'bigint'],
    ['old_paid_off_stripe_minor', 'amount_paid_off_stripe', 'bigint'],
    ['old_is_paid_out_of_band', 'paid_out_of_band', 'boolean'],
    ['starting_balance_minor', 'starting_balance', 'bigint'],
    ['ending_balance_minor', 'ending_balance', 'bigint'],
    ['pre_payment_credit_notes_minor', 'pre_payment_credit_notes_amount', 'bigint'],
    ['post_payment_credit_notes_minor', 'post_payment_credit_notes_amount', 'bigint'],
    ['attempt_count', 'attempt_count', 'bigint'],
    ['is_attempted', 'attempted', 'boolean'],
    ['is_auto_advance', 'auto_advance', 'boolean'],
    ['latest_revision_id', 'latest_revision', 'id'],
    ['from_invoice_id', 'from_invoice.invoice', 'id'],
    ['lines', 'lines.data', 'list'],
    ['old_discounts', 'discounts', 'list'],
    ['old_discount', 'discount', 'object'],
    ['total_discount_amounts', 'total_discount_amounts', 'list', {'amount': 'bigint'}],
    ['total_taxes', ['total_taxes', 'total_tax_amounts'], 'list', tax_elements()],
    ['created_at', 'created', 'epoch'],
    ['effective_at', 'effective_at', 'epoch'],
    ['due_at', 'due_date', 'epoch'],
    ['next_payment_attempt_at', 'next_payment_attempt', 'epoch'],
    ['finalized_at', 'status_transitions.finalized_at', 'epoch'],
    ['paid_at', 'status_transitions.paid_at', 'epoch'],
    ['voided_at', 'status_transitions.voided_at', 'epoch'],
    ['marked_uncollectible_at', 'status_transitions.marked_uncollectible_at', 'epoch'],
    ['is_livemode', 'livemode', 'boolean'],
    ['test_clock_id', 'test_clock', 'id'],
] -%}

with

versions as (
    {{ newest_versions('raw_stripe', 'invoices', 'invoice_id') }}
),

parsed as (
    {{ parse_json('versions', fields, keep=version_columns()) }}
),

-- Before 2025-03-31 an invoice said whether it was paid past Stripe, not how much of it.
final as (
    select
        {{ staged_columns(fields, version_columns()) }},
        coalesce(old_parent_type, case
            when subscription_id is not null then 'subscription_details'
            when old_quote_id is not null then 'quote_details'
        end) as parent_type,
        coalesce(old_paid_off_stripe_minor, case
            when old_is_paid_out_of_band then amount_paid_minor
            when not old_is_paid_out_of_band then 0
        end) as paid_off_stripe_minor,
        {{ all_discounts('old_discounts', 'old_discount') }} as discounts,
        {{ json_sum('total_discount_amounts', 'amount') }} as discount_minor,
        {{ json_sum('total_taxes', 'amount') }} as tax_minor,
        {{ inclusive_tax('total_taxes') }} as inclusive_tax_minor
    from parsed
    where {{ in_mode(has_test_clock=true) }}
)

select * from final
