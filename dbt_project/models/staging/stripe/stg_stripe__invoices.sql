{{ config(unique_key='invoice_id') }}

with

versions as (
    {{ newest_versions('raw_stripe', 'invoices', 'invoice_id') }}
),

parsed as (
    {{ parse_json('versions', [
        ['invoice_id', 'id'],
        ['customer_id', 'customer'],
        ['parent_type', 'parent.type'],
        ['parent_subscription_id', 'parent.subscription_details.subscription', 'id'],
        ['old_subscription_id', 'subscription', 'id'],
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
        ['paid_off_stripe_minor', 'amount_paid_off_stripe', 'bigint'],
        ['starting_balance_minor', 'starting_balance', 'bigint'],
        ['ending_balance_minor', 'ending_balance', 'bigint'],
        ['pre_payment_credit_notes_minor', 'pre_payment_credit_notes_amount', 'bigint'],
        ['post_payment_credit_notes_minor', 'post_payment_credit_notes_amount', 'bigint'],
        ['attempt_count', 'attempt_count', 'bigint'],
        ['is_attempted', 'attempted', 'boolean'],
        ['is_auto_advance', 'auto_advance', 'boolean'],
        ['latest_revision_id', 'latest_revision'],
        ['from_invoice_id', 'from_invoice.invoice'],
        ['lines', 'lines.data'],
        ['discounts', 'discounts'],
        ['total_discount_amounts', 'total_discount_amounts'],
        ['total_taxes', 'total_taxes'],
        ['created_at', 'created', 'epoch'],
        ['effective_at', 'effective_at', 'epoch'],
        ['due_at', 'due_date', 'epoch'],
        ['next_payment_attempt_at', 'next_payment_attempt', 'epoch'],
        ['finalized_at', 'status_transitions.finalized_at', 'epoch'],
        ['paid_at', 'status_transitions.paid_at', 'epoch'],
        ['voided_at', 'status_transitions.voided_at', 'epoch'],
        ['marked_uncollectible_at', 'status_transitions.marked_uncollectible_at', 'epoch'],
        ['is_livemode', 'livemode', 'boolean'],
        ['test_clock_id', 'test_clock'],
    ], keep=version_columns()) }}
),

final as (
    select
        parsed.*,
        coalesce(parent_subscription_id, old_subscription_id) as subscription_id,
        {{ json_sum('total_discount_amounts', 'amount') }} as discount_minor,
        {{ json_sum('total_taxes', 'amount') }} as tax_minor,
        {{ json_sum('total_taxes', 'amount', 'tax_behavior', 'inclusive') }} as inclusive_tax_minor
    from parsed
    where {{ in_mode(has_test_clock=true) }}
)

select * from final
