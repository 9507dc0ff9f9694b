{{ config(
    incremental_strategy='append',
    pre_hook="{{ forget_stale_children('stg_stripe__invoices', 'invoice_id') }}"
) }}

-- A line says whose it is under `parent` and `pricing`, and before 2025-03-31 at its top.
{% set fields = [
    ['line_id', 'id'],
    ['old_parent_type', 'parent.type'],
    ['old_type', 'type'],
    ['subscription_id', [
        'parent.subscription_item_details.subscription', 'parent.invoice_item_details.subscription', 'subscription',
    ], 'id'],
    ['subscription_item_id', ['parent.subscription_item_details.subscription_item', 'subscription_item'], 'id'],
    ['invoice_item_id', [
        'parent.subscription_item_details.invoice_item', 'parent.invoice_item_details.invoice_item', 'invoice_item',
    ], 'id'],
    ['old_is_proration', [
        'parent.subscription_item_details.proration', 'parent.invoice_item_details.proration', 'proration',
    ], 'boolean'],
    ['price_id', ['pricing.price_details.price', 'price'], 'id'],
    ['product_id', ['pricing.price_details.product', 'price.product'], 'id'],
    ['old_unit_amount_minor', 'pricing.unit_amount_decimal', 'decimal'],
    ['old_price_unit_amount_minor', 'price.unit_amount_decimal', 'decimal'],
    ['old_price_currency', 'price.currency', 'lower'],
    ['currency', 'currency', 'lower'],
    ['description', 'description'],
    ['amount_minor', 'amount', 'bigint'],
    ['subtotal_minor', ['subtotal', 'amount'], 'bigint'],
    ['quantity', ['quantity_decimal', 'quantity'], 'decimal'],
    ['is_discountable', 'discountable', 'boolean'],
    ['period_started_at', 'period.start', 'epoch'],
    ['period_ends_at', 'period.end', 'epoch'],
    ['discount_amounts', 'discount_amounts', 'list', {'amount': 'bigint'}],
    ['discounts', 'discounts', 'list'],
    ['taxes', ['taxes', 'tax_amounts'], 'list', tax_elements()],
    ['proration_details', [
        'parent.subscription_item_details.proration_details', 'parent.invoice_item_details.proration_details',
        'proration_details',
    ], 'object'],
    ['metadata', 'metadata', 'object'],
] -%}
{% set keep = ['invoice_id', 'line_position', 'raw_versions', 'raw_load_id', 'account_id'] -%}

with

line_rows as (
    select
        parent.invoice_id,
        parent.raw_versions,
        parent.raw_load_id,
        parent.account_id,
        line.position as line_position,
        line.element as object
    from {{ came_of('stg_stripe__invoices') }} as parent
    {{ json_rows('parent.lines', 'line') }}
    where {{ not_yet_exploded('invoice_id') }}
),

parsed as (
    {{ parse_json('line_rows', fields, keep=keep) }}
),

final as (
    select
        {{ staged_columns(fields, keep) }},
        coalesce(old_parent_type, case old_type
            when 'subscription' then 'subscription_item_details'
            when 'invoiceitem' then 'invoice_item_details'
        end) as parent_type,
        coalesce(old_is_proration, false) as is_proration,
        -- A price stands inside an old line in its own currency, not in the line's.
        cast(coalesce(
            old_unit_amount_minor, case when old_price_currency = currency then old_price_unit_amount_minor end
        ) as numeric(38, 12)) as unit_amount_decimal_minor,
        {{ json_sum('discount_amounts', 'amount') }} as discount_minor,
        {{ json_sum('taxes', 'amount') }} as tax_minor,
        {{ inclusive_tax('taxes') }} as inclusive_tax_minor
    from parsed
)

select * from final
