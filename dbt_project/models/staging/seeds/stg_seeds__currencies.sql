with

final as (
    select
        lower(trim(currency)) as currency,
        cast(trim(exponent) as integer) as exponent
    from {{ source('raw_seeds', 'currencies') }}
)

select * from final
