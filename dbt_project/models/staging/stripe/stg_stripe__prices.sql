{{ config(unique_key=['account_id', 'price_id'], meta={'looked_up': true}) }}

with

versions as (
    {{ newest_versions('raw_stripe', 'prices', 'price_id') }}
),

parsed as (
    {{ parse_json('versions', [
        ['price_id', 'id'],
        ['product_id', 'product', 'id'],
        ['nickname', 'nickname'],
        ['lookup_key', 'lookup_key'],
        ['price_type', 'type'],
        ['currency', 'currency', 'lower'],
        ['unit_amount_minor', 'unit_amount', 'bigint'],
        ['unit_amount_decimal_minor', 'unit_amount_decimal', 'decimal'],
        ['billing_scheme', 'billing_scheme'],
        ['recurring_interval', 'recurring.interval'],
        ['interval_count', 'recurring.interval_count', 'bigint'],
        ['usage_type', 'recurring.usage_type'],
        ['tax_behavior', 'tax_behavior'],
        ['transform_divide_by', 'transform_quantity.divide_by', 'bigint'],
        ['transform_round', 'transform_quantity.round'],
        ['is_active', 'active', 'boolean'],
        ['metadata', 'metadata', 'object'],
        ['currency_options', 'currency_options', 'object'],
        ['tiers', 'tiers', 'list'],
        ['created_at', 'created', 'epoch'],
        ['is_livemode', 'livemode', 'boolean'],
    ], keep=version_columns()) }}
),

final as (
    select parsed.*
    from parsed
    where {{ in_mode() }}
)

select * from final
