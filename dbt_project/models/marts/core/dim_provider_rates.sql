{{ config(meta={'looked_up': true}) }}

with

final as (
    select
        rates.rate_id,
        rates.provider,
        rates.usd_per_credit,
        rates.valid_from,
        rates.valid_to,
        rates.bills_failures,
        rates.recorded_at
    from {{ ref('stg_seeds__provider_rates') }} as rates
)

select * from final
