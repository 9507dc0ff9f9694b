-- Who uses a price or a coupon whose terms are others than in the build that this one goes on from; everybody where
-- something is older than all that was known then: daily and monthly series begin elsewhere.
{%- set owner = owners_of_staged() -%}
{%- for name in owner.keys() | list + [
    'stg_stripe__invoice_lines', 'stg_stripe__checkout_line_items', 'stg_stripe__coupons', 'dim_plans', 'int_recurring_prices',
    'int_days_covered',
] -%}
    {%- do ref(name) -%}
{%- endfor %}

with
{% if is_sliced() %}
prices as (
    {% for name, key in [('dim_plans', 'plan_key'), ('int_recurring_prices', 'price_id')] -%}
    select {{ key }} as price_id from (
        (select * from {{ ref(name) }} except select * from {{ in_slice('was_' ~ name) }})
        union all
        (select * from {{ in_slice('was_' ~ name) }} except select * from {{ ref(name) }})
    ) as changed
    {{ 'union' if not loop.last }}
    {% endfor -%}
),

coupons as (
    {%- set terms = 'coupon_id, percent_off, amount_off_minor, currency, duration, duration_in_months, applies_to_products, '
        ~ 'currency_options, account_id' -%}
    {%- set now, before = ref('stg_stripe__coupons'), in_slice('was_stg_stripe__coupons') %}
    select coupon_id from (
        (select {{ terms }} from {{ now }} except select {{ terms }} from {{ before }})
        union all
        (select {{ terms }} from {{ before }} except select {{ terms }} from {{ now }})
    ) as changed
),

touched as (
    select {{ owner.stg_stripe__invoices }} as owner_id
    from {{ ref('stg_stripe__invoices') }}
    where invoice_id in (
        select lines.invoice_id
        from {{ ref('stg_stripe__invoice_lines') }} as lines
        where lines.price_id in (select prices.price_id from prices)
    )
    union all
    select {{ owner.stg_stripe__checkout_sessions }}
    from {{ ref('stg_stripe__checkout_sessions') }}
    where checkout_session_id in (
        select lines.checkout_session_id
        from {{ ref('stg_stripe__checkout_line_items') }} as lines
        where lines.price_id in (select prices.price_id from prices)
    )
    union all
    {% for staged, key, items, discounts in [
        ('subscriptions', 'subscription_id', 'int_item_versions', 'staging.stg_stripe__discounts'),
        ('subscription_schedules', 'subscription_schedule_id', 'int_scheduled_items', 'intermediate.int_scheduled_discounts'),
    ] -%}
    select {{ owner['stg_stripe__' ~ staged] }}
    from {{ ref('stg_stripe__' ~ staged) }}
    where {{ key }} in (
        select items.{{ key }} from {{ as_built_before('intermediate', items) }} as items
        where items.price_id in (select prices.price_id from prices)
        union all
        select discounts.{{ key }}
        from {{ as_built_before(*discounts.split('.')) }} as discounts
        where discounts.coupon_id in (select coupons.coupon_id from coupons)
    )
    union all
    {% endfor -%}
    select discounts.customer_id
    from {{ as_built_before('staging', 'stg_stripe__discounts') }} as discounts
    where discounts.coupon_id in (select coupons.coupon_id from coupons)
),

everybody as (
    {% for name, owner_id in owner.items() -%}
    select {{ owner_id }} as owner_id
    from {{ ref(name) }}
    where exists (
        select 1
        from {{ ref('int_days_covered') }} as covered
        inner join {{ in_slice('was_int_days_covered') }} as was
            on covered.first_day is distinct from was.first_day
    )
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

final as (
    select owner_id from touched
    union all
    select owner_id from everybody
)
{%- else %}

final as (
    select cast(null as text) as owner_id
    where false
)
{%- endif %}

select * from final
