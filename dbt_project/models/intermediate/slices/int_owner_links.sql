{{ config(materialized='owner_links') }}

-- Owners whose rows meet somewhere in the models: a user and a Stripe customer, two customers of one user, who paid and
-- whose credits it brought, whose video and whose entry. What linked them once links them until everything is built anew:
-- then what came in is enough, beside all that it may be joined to.
{%- set owner = owners_of_staged() %}
{%- set new = 'new_' if is_sliced() else '' %}
{%- set sides = ['', 'new_'] if is_sliced() else [''] %}

with

{% for name, columns in {
    'users': ['user_id', 'stripe_customer_id'],
    'videos': ['video_id'],
    'credit_transactions': ['payment_intent_id', 'video_id'],
    'customers': ['metadata_user_id'],
    'invoices': ['invoice_id', 'subscription_id', 'own_charge_id', 'own_payment_intent_id'],
    'charges': ['charge_id', 'payment_intent_id', 'own_invoice_id'],
    'payment_intents': ['payment_intent_id', 'latest_charge_id', 'own_invoice_id'],
    'subscriptions': ['subscription_id'],
    'subscription_schedules': ['subscription_id', 'released_subscription_id'],
    'checkout_sessions': ['payment_intent_id'],
    'invoice_items': ['subscription_id'],
}.items() -%}
{%- set staged = 'stg_' ~ ('app' if 'stg_app__' ~ name in owner else 'stripe') ~ '__' ~ name -%}
{% for side in sides -%}
{{ side }}{{ name }} as (
    select {{ columns | join(', ') }}, {{ owner[staged] }} as owner_id
    from {{ came_of(staged) if side else ref(staged) }}
),

{% endfor -%}
{% endfor -%}
{% for side in sides -%}
{{ side }}payments as (
    {% for payments, invoices in [
        (came_of('stg_stripe__invoice_payments'), 'invoices'),
        (ref('stg_stripe__invoice_payments'), side ~ 'invoices'),
    ][:2 if side else 1] -%}
    select invoices.owner_id, payments.charge_id, payments.payment_intent_id
    from {{ payments if side else ref('stg_stripe__invoice_payments') }} as payments
    inner join {{ invoices }} as invoices
        on payments.invoice_id = invoices.invoice_id
    union all
    {% endfor -%}
    select owner_id, own_charge_id, own_payment_intent_id from {{ side }}invoices
    union all
    select owner_id, latest_charge_id, payment_intent_id from {{ side }}payment_intents
),

{{ side }}billed as (
    select owner_id, subscription_id from {{ side }}invoices
    union all
    select owner_id, subscription_id from {{ side }}invoice_items
    union all
    select invoices.owner_id, lines.subscription_id
    from {{ ref('stg_stripe__invoice_lines') }} as lines
    inner join {{ side }}invoices as invoices
        on lines.invoice_id = invoices.invoice_id
),

{% endfor -%}
pairs as (
    select owner_id, stripe_customer_id as other_id from {{ new }}users
    union all
    select owner_id, metadata_user_id from {{ new }}customers
    union all
    {% for name in ['credit_transactions', 'charges', 'checkout_sessions', 'payments'] -%}
    select owner_id, payment_intent_id from {{ new }}{{ name }}
    union all
    {% endfor -%}
    {% for name, key, other, other_key in [
        ('credit_transactions', 'video_id', 'videos', 'video_id'),
        ('payments', 'charge_id', 'charges', 'charge_id'),
        ('charges', 'own_invoice_id', 'invoices', 'invoice_id'),
        ('payment_intents', 'own_invoice_id', 'invoices', 'invoice_id'),
        ('billed', 'subscription_id', 'subscriptions', 'subscription_id'),
        ('subscription_schedules', 'subscription_id', 'subscriptions', 'subscription_id'),
        ('subscription_schedules', 'released_subscription_id', 'subscriptions', 'subscription_id'),
    ] -%}
    {% for these, those in [(new ~ name, other), (name, new ~ other)][:sides | length] -%}
    select these.owner_id, those.owner_id
    from {{ these }} as these
    inner join {{ those }} as those
        on these.{{ key }} = those.{{ other_key }} and these.owner_id <> those.owner_id
    {{ 'union all' if not loop.last }}
    {% endfor -%}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

final as (
    select distinct owner_id, other_id
    from pairs
    where owner_id <> other_id
)

select * from final
