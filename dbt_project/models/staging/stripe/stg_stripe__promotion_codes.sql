{{ config(unique_key='promotion_code_id', meta={'looked_up': true}) }}

with

versions as (
    {{ newest_versions('raw_stripe', 'promotion_codes', 'promotion_code_id') }}
),

parsed as (
    {{ parse_json('versions', [
        ['promotion_code_id', 'id'],
        ['code', 'code'],
        ['coupon_id', ['promotion.coupon', 'coupon'], 'id'],
        ['customer_id', 'customer', 'id'],
        ['is_active', 'active', 'boolean'],
        ['times_redeemed', 'times_redeemed', 'bigint'],
        ['expires_at', 'expires_at', 'epoch'],
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
