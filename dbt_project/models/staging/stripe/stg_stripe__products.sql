{{ config(unique_key=['account_id', 'product_id'], meta={'looked_up': true}) }}

with

versions as (
    {{ newest_versions('raw_stripe', 'products', 'product_id') }}
),

parsed as (
    {{ parse_json('versions', [
        ['product_id', 'id'],
        ['product_name', 'name'],
        ['default_price_id', 'default_price', 'id'],
        ['is_active', 'active', 'boolean'],
        ['metadata', 'metadata', 'object'],
        ['created_at', 'created', 'epoch'],
        ['updated_at', 'updated', 'epoch'],
        ['is_livemode', 'livemode', 'boolean'],
    ], keep=version_columns()) }}
),

final as (
    select parsed.*
    from parsed
    where {{ in_mode() }}
)

select * from final
