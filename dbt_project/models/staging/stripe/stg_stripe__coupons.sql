{{ config(unique_key=['account_id', 'coupon_id'], meta={'looked_up': true}, pre_hook={'sql': '{{ keep_what_was() }}', 'transaction': false}) }}

with

versions as (
    {{ newest_versions('raw_stripe', 'coupons', 'coupon_id') }}
),

parsed as (
    {{ parse_json('versions', [
        ['coupon_id', 'id'],
        ['coupon_name', 'name'],
        ['percent_off', 'percent_off', 'decimal'],
        ['amount_off_minor', 'amount_off', 'bigint'],
        ['currency', 'currency', 'lower'],
        ['currency_options', 'currency_options', 'object'],
        ['duration', 'duration'],
        ['duration_in_months', 'duration_in_months', 'bigint'],
        ['applies_to_products', 'applies_to.products', 'list'],
        ['is_valid', 'valid', 'boolean'],
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
