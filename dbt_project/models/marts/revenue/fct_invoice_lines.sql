{{ sliced('invoice_id') }}

with

invoices as (
    select * from {{ ref('fct_invoices') }}
),

plans as (
    select * from {{ ref('dim_plans') }}
),

currencies as (
    select * from {{ ref('dim_currencies') }}
),

fx_rates as (
    select * from {{ ref('stg_seeds__fx_rates') }}
),

-- By what the line says of itself, never by its amount: a plan and a pack can cost the same.
classified as (
    select
        lines.*,
        {{ utc_date('lines.period_started_at') }} as period_started_on,
        lines.amount_minor - lines.discount_minor - lines.inclusive_tax_minor as net_minor,
        case
            when lines.is_proration and {{ gives_back('lines') }} then 'proration_credit'
            when lines.is_proration then 'proration_charge'
            when lines.parent_type = 'subscription_item_details' then 'subscription'
            when plans.kind = 'pack' then 'pack'
            else 'other'
        end as line_class
    from {{ ref('stg_stripe__invoice_lines') }} as lines
    left join plans on lines.price_id = plans.plan_key
),

final as (
    select
        classified.line_id,
        classified.invoice_id,
        classified.line_position,
        classified.line_class,
        invoices.customer_key,
        invoices.is_internal,
        invoices.status as invoice_status,
        classified.subscription_id,
        classified.subscription_item_id,
        classified.invoice_item_id,
        classified.price_id as plan_key,
        classified.quantity,
        classified.period_started_at,
        classified.period_ends_at,
        classified.currency,
        classified.amount_minor,
        classified.discount_minor,
        cast(classified.tax_minor - classified.inclusive_tax_minor as bigint) as tax_minor,
        classified.inclusive_tax_minor,
        cast(classified.net_minor as bigint) as net_minor,
        {{ minor_to_usd('classified.net_minor', 'currencies.exponent', 'fx_rates.usd_per_unit') }} as net_usd,
        classified.account_id
    from classified
    inner join invoices on classified.invoice_id = invoices.invoice_id
    left join currencies on classified.currency = currencies.currency
    left join fx_rates
        on
            classified.currency = fx_rates.currency
            and classified.period_started_on >= fx_rates.valid_from
            and (fx_rates.valid_to is null or classified.period_started_on < fx_rates.valid_to)
)

select * from final
