with

final as (
    select
        trim(price_id) as price_id,
        nullif(lower(trim(kind)), '') as kind,
        nullif(trim(catalog.name), '') as name,
        cast(nullif(trim(credits), '') as bigint) as credits
    from {{ source('raw_seeds', 'plan_catalog') }} as catalog
)

select * from final
