{#- A view, because the checks of a build end after its models: publishing reads what they said. -#}
{{ config(materialized='view') }}

with

final as (
    select
        check_name,
        table_name,
        status,
        severity,
        failures,
        message,
        description,
        run_id,
        checked_at
    from {{ source('raw_tillhouse', 'check_results') }}
)

select * from final
