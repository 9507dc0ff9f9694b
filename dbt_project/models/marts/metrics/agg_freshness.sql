with

final as (
    select
        counted.source,
        counted.synced_through,
        coalesce(counted.loaded_at, run_context.now_at) as loaded_at,
        counted."rows",
        counted.rows_left_out,
        '1 hour' as expected_every,
        case
            when counted.synced_through >= {{ add_hours('run_context.now_at', -1) }} then 'fresh'
            when counted.synced_through >= {{ add_hours('run_context.now_at', -2) }} then 'late'
            else 'stale'
        end as status_at_build
    from {{ ref('int_tables_counted') }} as counted
    cross join {{ ref('stg_tillhouse__run_context') }} as run_context
)

select * from final
