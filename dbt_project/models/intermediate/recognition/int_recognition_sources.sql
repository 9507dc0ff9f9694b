{{ sliced('document_id', keep=true) }}

-- What revenue is recognised from: lines of final invoices over the days of their period, packs over their credits. A pack
-- whose payment brought no credits to anybody the application knows is recognised at once, if it was paid.
with

lines as (
    select
        lines.line_id,
        lines.invoice_id,
        lines.price_id,
        case
            when lines.subscription_id is not null or lines.subscription_item_id is not null then 'subscription'
            else 'other'
        end as stream,
        customers.customer_key,
        invoices.total_minor,
        {{ utc_date('invoices.finalized_at') }} as billed_on,
        {{ utc_date('lines.period_started_at') }} as first_day,
        greatest({{ days_between(utc_date('lines.period_started_at'), utc_date('lines.period_ends_at')) }}, 1) as days,
        {{ minor_to_usd(
            'lines.amount_minor - lines.discount_minor - lines.inclusive_tax_minor', 'currencies.exponent', 'rates.usd_per_unit'
        ) }} as net_usd
    from {{ ref('stg_stripe__invoice_lines') }} as lines
    inner join {{ ref('stg_stripe__invoices') }} as invoices
        on lines.invoice_id = invoices.invoice_id and invoices.finalized_at is not null
    left join {{ ref('dim_plans') }} as plans
        on lines.price_id = plans.plan_key
    left join {{ ref('int_customers_identified') }} as customers
        on invoices.customer_id = customers.stripe_customer_id
    left join {{ ref('dim_currencies') }} as currencies
        on lines.currency = currencies.currency
    left join {{ ref('stg_seeds__fx_rates') }} as rates
        on
            lines.currency = rates.currency
            and {{ utc_date('lines.period_started_at') }} >= rates.valid_from
            and {{ utc_date('lines.period_started_at') }} < coalesce(rates.valid_to, {{ open_day() }})
    where plans.kind is null or plans.kind <> 'pack'
),

bought_lots as (
    select * from {{ ref('int_credit_lots') }}
    where kind = 'pack'
),

sales_of_lots as (
    select
        payment_intent_id,
        coalesce(max(invoice_id), payment_intent_id) as document_id,
        max(customer_key) as customer_key,
        max(plan_key) as plan_key,
        min(sold_on) as sold_on,
        max(total_minor) as total_minor
    from {{ ref('int_pack_sales') }}
    where is_paid and payment_intent_id is not null
    group by payment_intent_id
),

sources as (
    select
        line_id as source_object_id, 'ratable' as method, stream, customer_key, price_id as plan_key,
        invoice_id as document_id, total_minor, billed_on, first_day, days, cast(null as bigint) as credits, net_usd
    from lines
    union all
    select
        lots.lot_id, 'usage', 'pack', coalesce(sales.customer_key, users.user_id), sales.plan_key, sales.document_id,
        sales.total_minor, sales.sold_on, {{ utc_date('lots.granted_at') }}, 0, lots.credits, lots.price_usd
    from bought_lots as lots
    inner join sales_of_lots as sales
        on lots.payment_intent_id = sales.payment_intent_id
    left join {{ ref('stg_app__users') }} as users
        on lots.user_id = users.user_id
    union all
    select
        sales.sale_id, 'ratable', 'pack', sales.customer_key, sales.plan_key,
        coalesce(sales.invoice_id, sales.payment_intent_id), sales.total_minor, sales.sold_on, sales.sold_on,
        case when sales.is_paid then 1 else 0 end, null, sales.net_usd
    from {{ ref('int_pack_sales') }} as sales
    where not exists (
        select 1 from bought_lots
        where bought_lots.payment_intent_id = sales.payment_intent_id and sales.is_paid
    )
),

final as (
    select sources.*
    from sources
    inner join {{ ref('stg_tillhouse__run_context') }} as run_context
        on sources.billed_on <= run_context.last_day
)

select * from final
