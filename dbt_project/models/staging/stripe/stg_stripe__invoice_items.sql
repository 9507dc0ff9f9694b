{{ config(unique_key='invoice_item_id') }}

with

versions as (
    {{ newest_versions('raw_stripe', 'invoice_items', 'invoice_item_id') }}
),

parsed as (
    {{ parse_json('versions', [
        ['invoice_item_id', 'id'],
        ['customer_id', 'customer', 'id'],
        ['invoice_id', 'invoice', 'id'],
        ['subscription_id', ['parent.subscription_details.subscription', 'subscription'], 'id'],
        ['subscription_item_id', ['parent.subscription_details.subscription_item', 'subscription_item'], 'id'],
        ['price_id', ['pricing.price_details.price', 'price'], 'id'],
        ['product_id', ['pricing.price_details.product', 'price.product'], 'id'],
        ['currency', 'currency', 'lower'],
        ['description', 'description'],
        ['amount_minor', 'amount', 'bigint'],
        ['quantity', ['quantity_decimal', 'quantity'], 'decimal'],
        ['is_proration', 'proration', 'boolean'],
        ['is_discountable', 'discountable', 'boolean'],
        ['proration_details', 'proration_details', 'object'],
        ['discounts', 'discounts', 'list'],
        ['created_at', 'date', 'epoch'],
        ['period_started_at', 'period.start', 'epoch'],
        ['period_ends_at', 'period.end', 'epoch'],
        ['is_livemode', 'livemode', 'boolean'],
        ['test_clock_id', 'test_clock', 'id'],
    ], keep=version_columns()) }}
),

final as (
    select parsed.*
    from parsed
    where {{ in_mode(has_test_clock=true) }}
)

select * from final
