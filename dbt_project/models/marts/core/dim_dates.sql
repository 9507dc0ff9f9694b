{{ config(meta={'looked_up': true}) }}

-- Whole months around the data, and a year ahead for what is already scheduled.
with

bounds as (
    select
        {{ month_start('days_covered.first_day') }} as first_day,
        {{ add_days(add_months(month_start('days_covered.last_day'), 13), -1) }} as last_day
    from {{ ref('int_days_covered') }} as days_covered
),

days as (
    select days.day as date
    from bounds
    {{ series_of_days('bounds.first_day', 'bounds.last_day', 'days') }}
),

final as (
    select
        days.date,
        {{ month_start('days.date') }} as month,
        cast(extract(year from days.date) as integer) as year,
        cast(extract(quarter from days.date) as integer) as quarter,
        cast(extract(month from days.date) as integer) as month_of_year,
        cast(extract(day from days.date) as integer) as day_of_month,
        cast(extract(isodow from days.date) as integer) as iso_day_of_week,
        extract(isodow from days.date) >= 6 as is_weekend,
        {{ add_days('days.date', 1) }} = {{ month_start(add_days('days.date', 1)) }} as is_month_end
    from days
)

select * from final
