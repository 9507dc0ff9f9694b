{{ config(meta={'looked_up': true}, pre_hook={'sql': '{{ keep_what_was() }}', 'transaction': false}) }}

with

priced as (
    select
        prices.price_id as plan_key,
        -- Never by amount: a plan and a pack cost the same $8. Only "nothing" is told by it.
        coalesce(catalog.kind, case
            when prices.price_type = 'recurring' and prices.unit_amount_minor = 0 then 'free'
            when prices.price_type = 'recurring' then 'plan'
            when prices.price_type = 'one_time' then 'pack'
            else 'other'
        end) as kind,
        coalesce(catalog.name, prices.nickname, products.product_name, prices.price_id) as name,
        prices.recurring_interval as "interval",
        prices.interval_count,
        prices.unit_amount_minor,
        prices.currency,
        coalesce(catalog.credits, {{ whole_number_or_null(json_text('prices.metadata', 'credits')) }}) as credits,
        prices.product_id,
        prices.account_id
    from {{ ref('int_prices_collected') }} as prices
    left join {{ ref('stg_stripe__products') }} as products
        on prices.product_id = products.product_id and prices.account_id is not distinct from products.account_id
    left join {{ ref('stg_seeds__plan_catalog') }} as catalog
        on prices.price_id = catalog.price_id
),

final as (
    select
        priced.plan_key,
        priced.kind,
        priced.name,
        priced."interval",
        priced.interval_count,
        priced.unit_amount_minor,
        priced.currency,
        priced.credits,
        priced.product_id,
        priced.account_id
    from priced
)

select * from final
