-- A new word in a field of Stripe's is no error: it is kept where it came, and told here.
{% set tables = [
    'balance_transactions', 'charges', 'checkout_sessions', 'coupons', 'credit_notes', 'disputes', 'invoice_payments',
    'invoices', 'payment_intents', 'payouts', 'prices', 'refunds', 'subscription_schedules', 'subscriptions',
] -%}

with

final as (
    {% for table in tables -%}
    {{ unknown_values(table) }}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
)

select * from final
