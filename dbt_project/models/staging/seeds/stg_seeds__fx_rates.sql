with

given as (
    select
        lower(trim(currency)) as currency,
        cast(trim(rates.date) as date) as rate_date,
        cast(trim(usd_per_unit) as numeric(20, 9)) as usd_per_unit
    from {{ source('raw_seeds', 'fx_rates') }} as rates
),

-- A dollar is a dollar, also where a user's own file lists other currencies only.
with_dollar as (
    select given.*
    from given
    union all
    select
        'usd',
        date '1970-01-01',
        cast(1 as numeric(20, 9))
    where not exists (
        select 1 from given
        where given.currency = 'usd'
    )
),

-- A day without a rate has the latest earlier one; before the first rate, the first holds.
final as (
    select
        currency,
        rate_date,
        case
            when row_number() over (partition by currency order by rate_date) = 1 then date '0001-01-01'
            else rate_date
        end as valid_from,
        lead(rate_date) over (partition by currency order by rate_date) as valid_to,
        min(rate_date) over (partition by currency) as first_rate_date,
        usd_per_unit
    from with_dollar
)

select * from final
