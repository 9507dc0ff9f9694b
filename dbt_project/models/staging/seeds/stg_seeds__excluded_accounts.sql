with

final as (
    select
        trim(account_id) as account_id,
        max(nullif(trim(reason), '')) as reason
    from {{ source('raw_seeds', 'excluded_accounts') }}
    group by trim(account_id)
)

select * from final
