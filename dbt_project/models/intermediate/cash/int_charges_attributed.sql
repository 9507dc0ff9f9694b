{{ sliced() }}

-- Which invoice a charge paid, whose it is and what it sold. A payment of an invoice names the charge or its intent.
with

payments as (
    select
        collected.invoice_id,
        collected.charge_id,
        collected.payment_intent_id,
        case when collected.is_paid then 0 else 1 end as preference
    from {{ ref('int_invoice_payments_collected') }} as collected
),

candidates as (
    select
        charges.charge_id,
        payments.invoice_id,
        payments.preference
    from {{ ref('stg_stripe__charges') }} as charges
    inner join payments
        on charges.charge_id = payments.charge_id
    union all
    select
        charges.charge_id,
        payments.invoice_id,
        payments.preference
    from {{ ref('stg_stripe__charges') }} as charges
    inner join payments
        on charges.payment_intent_id = payments.payment_intent_id
),

invoice_of as (
    select
        charge_id,
        invoice_id,
        row_number() over (partition by charge_id order by preference, invoice_id) as recency
    from candidates
),

invoice_contents as (
    select
        lines.invoice_id,
        max(lines.subscription_id) as subscription_id,
        max(case when plans.kind = 'pack' then 1 else 0 end) = 1 as has_pack
    from {{ ref('stg_stripe__invoice_lines') }} as lines
    left join {{ ref('dim_plans') }} as plans
        on lines.price_id = plans.plan_key
    group by lines.invoice_id
),

-- A pack bought without an invoice shows in its checkout session, or in the credits it brought.
pack_intents as (
    select sessions.payment_intent_id
    from {{ ref('stg_stripe__checkout_sessions') }} as sessions
    inner join {{ ref('stg_stripe__checkout_line_items') }} as lines
        on sessions.checkout_session_id = lines.checkout_session_id
    inner join {{ ref('dim_plans') }} as plans
        on lines.price_id = plans.plan_key and plans.kind = 'pack'
    where sessions.payment_intent_id is not null
    union
    select entries.payment_intent_id
    from {{ ref('stg_app__credit_transactions') }} as entries
    where entries.type = 'PURCHASE' and entries.payment_intent_id is not null
),

final as (
    select
        charges.charge_id,
        invoice_of.invoice_id,
        coalesce(invoices.subscription_id, invoice_contents.subscription_id) as subscription_id,
        customers.customer_key,
        case
            when coalesce(invoices.subscription_id, invoice_contents.subscription_id) is not null then 'subscription'
            when invoice_contents.has_pack or pack_intents.payment_intent_id is not null then 'pack'
            else 'unattributed'
        end as revenue_stream
    from {{ ref('stg_stripe__charges') }} as charges
    left join invoice_of
        on charges.charge_id = invoice_of.charge_id and invoice_of.recency = 1
    left join {{ ref('stg_stripe__invoices') }} as invoices
        on invoice_of.invoice_id = invoices.invoice_id
    left join invoice_contents
        on invoice_of.invoice_id = invoice_contents.invoice_id
    left join pack_intents
        on charges.payment_intent_id = pack_intents.payment_intent_id
    left join {{ ref('int_customers_identified') }} as customers
        on coalesce(charges.customer_id, invoices.customer_id) = customers.stripe_customer_id
)

select * from final
