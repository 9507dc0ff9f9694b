{{ config(
    incremental_strategy='append',
    pre_hook="{{ forget_stale_children('stg_stripe__invoices', 'invoice_id') }}"
) }}

with

line_rows as (
    select
        parent.invoice_id,
        parent.raw_versions,
        parent.raw_load_id,
        line.position as line_position,
        line.element as object
    from {{ ref('stg_stripe__invoices') }} as parent
    {{ json_rows('parent.lines', 'line') }}
    where {{ not_yet_exploded('invoice_id') }}
),

-- A line says whose it is under `parent`, and in objects of older versions at its top.
parsed as (
    {{ parse_json('line_rows', [
        ['line_id', 'id'],
        ['parent_type', 'parent.type'],
        ['item_subscription_id', 'parent.subscription_item_details.subscription', 'id'],
        ['invoice_item_subscription_id', 'parent.invoice_item_details.subscription', 'id'],
        ['top_subscription_id', 'subscription', 'id'],
        ['parent_subscription_item_id', 'parent.subscription_item_details.subscription_item', 'id'],
        ['top_subscription_item_id', 'subscription_item', 'id'],
        ['invoice_item_id', 'parent.invoice_item_details.invoice_item', 'id'],
        ['item_is_proration', 'parent.subscription_item_details.proration', 'boolean'],
        ['invoice_item_is_proration', 'parent.invoice_item_details.proration', 'boolean'],
        ['top_is_proration', 'proration', 'boolean'],
        ['pricing_price_id', 'pricing.price_details.price', 'id'],
        ['top_price_id', 'price', 'id'],
        ['product_id', 'pricing.price_details.product', 'id'],
        ['unit_amount_decimal_minor', 'pricing.unit_amount_decimal', 'decimal'],
        ['currency', 'currency', 'lower'],
        ['description', 'description'],
        ['amount_minor', 'amount', 'bigint'],
        ['subtotal_minor', 'subtotal', 'bigint'],
        ['quantity_decimal', 'quantity_decimal', 'decimal'],
        ['quantity_whole', 'quantity', 'decimal'],
        ['is_discountable', 'discountable', 'boolean'],
        ['period_started_at', 'period.start', 'epoch'],
        ['period_ends_at', 'period.end', 'epoch'],
        ['discount_amounts', 'discount_amounts'],
        ['discounts', 'discounts'],
        ['taxes', 'taxes'],
        ['item_proration_details', 'parent.subscription_item_details.proration_details'],
        ['invoice_item_proration_details', 'parent.invoice_item_details.proration_details'],
        ['metadata', 'metadata'],
    ], keep=['invoice_id', 'line_position', 'raw_versions', 'raw_load_id']) }}
),

final as (
    select
        line_id,
        invoice_id,
        line_position,
        parent_type,
        coalesce(item_subscription_id, invoice_item_subscription_id, top_subscription_id) as subscription_id,
        coalesce(parent_subscription_item_id, top_subscription_item_id) as subscription_item_id,
        invoice_item_id,
        coalesce(item_is_proration, invoice_item_is_proration, top_is_proration, false) as is_proration,
        coalesce(pricing_price_id, top_price_id) as price_id,
        product_id,
        unit_amount_decimal_minor,
        currency,
        description,
        amount_minor,
        coalesce(subtotal_minor, amount_minor) as subtotal_minor,
        {{ json_sum('discount_amounts', 'amount') }} as discount_minor,
        {{ json_sum('taxes', 'amount') }} as tax_minor,
        {{ json_sum('taxes', 'amount', 'tax_behavior', 'inclusive') }} as inclusive_tax_minor,
        coalesce(quantity_decimal, quantity_whole) as quantity,
        is_discountable,
        period_started_at,
        period_ends_at,
        discount_amounts,
        discounts,
        taxes,
        coalesce(item_proration_details, invoice_item_proration_details) as proration_details,
        metadata,
        raw_versions,
        raw_load_id
    from parsed
)

select * from final
