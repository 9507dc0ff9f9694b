{{ config(
    incremental_strategy='append',
    pre_hook="{{ forget_stale_children('stg_stripe__checkout_sessions', 'checkout_session_id') }}"
) }}

with

line_rows as (
    select
        parent.checkout_session_id,
        parent.raw_versions,
        parent.raw_load_id,
        parent.account_id,
        line.element as object
    from {{ came_of('stg_stripe__checkout_sessions') }} as parent
    {{ json_rows('parent.line_items', 'line') }}
    where {{ not_yet_exploded('checkout_session_id') }}
),

final as (
    {{ parse_json('line_rows', [
        ['line_item_id', 'id'],
        ['price_id', 'price', 'id'],
        ['product_id', 'price.product', 'id'],
        ['price_type', 'price.type'],
        ['price_unit_amount_minor', 'price.unit_amount', 'bigint'],
        ['currency', 'currency', 'lower'],
        ['quantity', 'quantity', 'bigint'],
        ['amount_subtotal_minor', 'amount_subtotal', 'bigint'],
        ['amount_tax_minor', 'amount_tax', 'bigint'],
        ['amount_total_minor', 'amount_total', 'bigint'],
    ], keep=['checkout_session_id', 'raw_versions', 'raw_load_id', 'account_id']) }}
)

select * from final
