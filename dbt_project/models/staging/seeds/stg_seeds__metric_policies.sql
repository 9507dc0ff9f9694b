with

final as (
    select
        trim(decision) as decision,
        trim(policies.value) as value,
        trim(description) as description
    from {{ source('raw_seeds', 'metric_policies') }} as policies
)

select * from final
