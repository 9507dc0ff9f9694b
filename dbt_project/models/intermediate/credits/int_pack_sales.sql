{{ sliced() }}

-- A pack is sold by an invoice, at the till without one, or by a bare charge that only the credits it brought tell of.
with

money_in as (
    select
        payment_intent_id, min(created_at) as paid_at, min(currency) as currency, min(customer_id) as customer_id,
        sum(amount_captured_minor) as captured_minor
    from {{ ref('stg_stripe__charges') }}
    where status = 'succeeded' and payment_intent_id is not null
    group by payment_intent_id
),

invoice_intents as (
    select invoice_id, max(payment_intent_id) as payment_intent_id
    from {{ ref('int_invoice_payments_collected') }}
    where is_paid and payment_intent_id is not null
    group by invoice_id
),

purchases as (
    select payment_intent_id from {{ ref('stg_app__credit_transactions') }} where type = 'PURCHASE'
),

invoiced as (
    select
        lines.line_id as sale_id, invoice_intents.payment_intent_id, lines.invoice_id, invoices.customer_id, lines.price_id,
        lines.currency,
        lines.amount_minor - lines.discount_minor - lines.inclusive_tax_minor as net_minor,
        invoices.total_minor, invoices.finalized_at as sold_at, invoices.status = 'paid' as is_paid
    from {{ ref('stg_stripe__invoice_lines') }} as lines
    inner join {{ ref('dim_plans') }} as plans
        on lines.price_id = plans.plan_key and plans.kind = 'pack'
    inner join {{ ref('stg_stripe__invoices') }} as invoices
        on lines.invoice_id = invoices.invoice_id and invoices.finalized_at is not null
    left join invoice_intents
        on lines.invoice_id = invoice_intents.invoice_id
),

at_the_till as (
    select
        sessions.checkout_session_id as sale_id, sessions.payment_intent_id, cast(null as text) as invoice_id,
        coalesce(sessions.customer_id, max(money_in.customer_id)) as customer_id, max(lines.price_id) as price_id,
        sessions.currency,
        sum(lines.amount_total_minor - coalesce(lines.amount_tax_minor, 0)) as net_minor,
        sessions.amount_total_minor as total_minor, min(money_in.paid_at) as sold_at, true as is_paid
    from {{ ref('stg_stripe__checkout_sessions') }} as sessions
    inner join {{ ref('stg_stripe__checkout_line_items') }} as lines
        on sessions.checkout_session_id = lines.checkout_session_id
    inner join {{ ref('dim_plans') }} as plans
        on lines.price_id = plans.plan_key and plans.kind = 'pack'
    inner join money_in
        on sessions.payment_intent_id = money_in.payment_intent_id
    where
        sessions.invoice_id is null
        and sessions.payment_intent_id not in (select payment_intent_id from invoice_intents)
    group by
        sessions.checkout_session_id, sessions.payment_intent_id, sessions.customer_id, sessions.currency,
        sessions.amount_total_minor
),

by_charge as (
    select
        money_in.payment_intent_id as sale_id, money_in.payment_intent_id, cast(null as text) as invoice_id, money_in.customer_id,
        cast(null as text) as price_id, money_in.currency, money_in.captured_minor as net_minor,
        money_in.captured_minor as total_minor, money_in.paid_at as sold_at, true as is_paid
    from money_in
    where
        money_in.payment_intent_id in (select payment_intent_id from purchases)
        and money_in.payment_intent_id not in (select payment_intent_id from invoice_intents)
        and money_in.payment_intent_id not in (select payment_intent_id from at_the_till)
),

sales as (
    select * from invoiced union all select * from at_the_till
    union all
    select * from by_charge
),

final as (
    select
        sales.sale_id, sales.payment_intent_id, sales.invoice_id, customers.customer_key, sales.price_id as plan_key,
        {{ utc_date('sales.sold_at') }} as sold_on, sales.is_paid,
        cast(sales.total_minor as bigint) as total_minor,
        {{ minor_to_usd('sales.net_minor', 'currencies.exponent', 'rates.usd_per_unit') }} as net_usd
    from sales
    left join {{ ref('int_customers_identified') }} as customers
        on sales.customer_id = customers.stripe_customer_id
    left join {{ ref('dim_currencies') }} as currencies
        on sales.currency = currencies.currency
    left join {{ ref('stg_seeds__fx_rates') }} as rates
        on
            sales.currency = rates.currency
            and {{ utc_date('sales.sold_at') }} >= rates.valid_from
            and {{ utc_date('sales.sold_at') }} < coalesce(rates.valid_to, {{ open_day() }})
)

select * from final
