{{ config(meta={'looked_up': true}) }}

-- One rate a currency and day, so that facts join by equality however many they are.
with

final as (
    select
        rates.currency,
        days.day as date,
        rates.usd_per_unit,
        rates.rate_date,
        days.day < rates.first_rate_date as is_before_first_rate
    from {{ ref('stg_seeds__fx_rates') }} as rates
    inner join {{ ref('int_days_covered') }} as days_covered
        on days_covered.first_day is not null
    {{ series_of_days(
        'greatest(rates.valid_from, days_covered.first_day)',
        'least(coalesce(' ~ add_days('rates.valid_to', -1) ~ ', days_covered.last_day + 1), days_covered.last_day + 1)',
        'days'
    ) }}
)

select * from final
