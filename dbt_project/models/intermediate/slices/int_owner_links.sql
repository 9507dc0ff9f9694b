{{ config(materialized='owner_links') }}

-- Owners whose rows meet somewhere in the models: a user and a Stripe customer, two customers of one user, who paid and
-- whose credits it brought, whose video and whose entry. What linked them once links them until everything is built anew:
-- then what came in is enough of the large tables, beside all that it may be joined to.
{%- set owner = owners_of_staged() %}
{%- set entries, videos = ref('stg_app__credit_transactions'), ref('stg_app__videos') %}
{%- set new_entries, new_videos = came_of('stg_app__credit_transactions'), came_of('stg_app__videos') %}

with

{% for name, columns in {
    'invoices': ['invoice_id', 'subscription_id', 'own_charge_id', 'own_payment_intent_id'],
    'charges': ['charge_id', 'payment_intent_id', 'own_invoice_id'],
    'payment_intents': ['payment_intent_id', 'latest_charge_id', 'own_invoice_id'],
    'subscriptions': ['subscription_id'],
    'subscription_schedules': ['subscription_id', 'released_subscription_id'],
    'checkout_sessions': ['payment_intent_id'],
    'invoice_items': ['subscription_id'],
}.items() -%}
{{ name }} as (
    select
        {{ columns | join(', ') }},
        {{ owner['stg_stripe__' ~ name] }} as owner_id
    from {{ ref('stg_stripe__' ~ name) }}
),

{% endfor -%}
payments as (
    select
        invoices.owner_id,
        payments.charge_id,
        payments.payment_intent_id
    from {{ ref('stg_stripe__invoice_payments') }} as payments
    inner join invoices
        on payments.invoice_id = invoices.invoice_id
    union all
    select owner_id, own_charge_id, own_payment_intent_id from invoices
    union all
    select owner_id, latest_charge_id, payment_intent_id from payment_intents
),

billed as (
    select owner_id, subscription_id from invoices
    union all
    select owner_id, subscription_id from invoice_items
    union all
    select invoices.owner_id, lines.subscription_id
    from {{ ref('stg_stripe__invoice_lines') }} as lines
    inner join invoices
        on lines.invoice_id = invoices.invoice_id
),

pairs as (
    select user_id as owner_id, stripe_customer_id as other_id from {{ ref('stg_app__users') }}
    union all
    select customer_id, metadata_user_id from {{ ref('stg_stripe__customers') }}
    union all
    select user_id, payment_intent_id from {{ new_entries }}
    union all
    {% for entries, videos in [(new_entries, videos), (entries, new_videos)][:2 if is_sliced() else 1] -%}
    select entries.user_id, videos.user_id
    from {{ entries }} as entries
    inner join {{ videos }} as videos
        on entries.video_id = videos.video_id and entries.user_id <> videos.user_id
    union all
    {% endfor -%}
    select owner_id, payment_intent_id from charges
    union all
    select owner_id, payment_intent_id from checkout_sessions
    union all
    select owner_id, payment_intent_id from payments
    union all
    {% for name, key, other, other_key in [
        ('payments', 'charge_id', 'charges', 'charge_id'),
        ('charges', 'own_invoice_id', 'invoices', 'invoice_id'),
        ('payment_intents', 'own_invoice_id', 'invoices', 'invoice_id'),
        ('billed', 'subscription_id', 'subscriptions', 'subscription_id'),
        ('subscription_schedules', 'subscription_id', 'subscriptions', 'subscription_id'),
        ('subscription_schedules', 'released_subscription_id', 'subscriptions', 'subscription_id'),
    ] -%}
    select {{ name }}.owner_id, {{ other }}.owner_id
    from {{ name }}
    inner join {{ other }}
        on {{ name }}.{{ key }} = {{ other }}.{{ other_key }}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

final as (
    select distinct
        owner_id,
        other_id
    from pairs
    where owner_id <> other_id
)

select * from final
