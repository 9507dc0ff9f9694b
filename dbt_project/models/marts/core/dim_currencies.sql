{{ config(meta={'looked_up': true}) }}

with

rates as (
    select
        currency,
        min(rate_date) as first_rate_date,
        max(rate_date) as last_rate_date
    from {{ ref('stg_seeds__fx_rates') }}
    group by currency
),

final as (
    select
        currencies.currency,
        currencies.exponent,
        rates.first_rate_date,
        rates.last_rate_date
    from {{ ref('stg_seeds__currencies') }} as currencies
    left join rates
        on currencies.currency = rates.currency
)

select * from final
