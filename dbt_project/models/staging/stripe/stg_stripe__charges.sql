{{ config(unique_key='charge_id') }}

with

versions as (
    {{ newest_versions('raw_stripe', 'charges', 'charge_id') }}
),

parsed as (
    {{ parse_json('versions', [
        ['charge_id', 'id'],
        ['customer_id', 'customer', 'id'],
        ['payment_intent_id', 'payment_intent', 'id'],
        ['own_invoice_id', 'invoice', 'id'],
        ['balance_transaction_id', 'balance_transaction', 'id'],
        ['failure_balance_transaction_id', 'failure_balance_transaction', 'id'],
        ['status', 'status'],
        ['currency', 'currency', 'lower'],
        ['failure_code', 'failure_code'],
        ['payment_method_type', 'payment_method_details.type'],
        ['billing_country', 'billing_details.address.country', 'upper'],
        ['card_country', 'payment_method_details.card.country', 'upper'],
        ['amount_minor', 'amount', 'bigint'],
        ['amount_captured_minor', 'amount_captured', 'bigint'],
        ['amount_refunded_minor', 'amount_refunded', 'bigint'],
        ['is_captured', 'captured', 'boolean'],
        ['is_paid', 'paid', 'boolean'],
        ['is_refunded', 'refunded', 'boolean'],
        ['is_disputed', 'disputed', 'boolean'],
        ['created_at', 'created', 'epoch'],
        ['is_livemode', 'livemode', 'boolean'],
    ], keep=version_columns()) }}
),

final as (
    select parsed.*
    from parsed
    where {{ in_mode() }}
)

select * from final
