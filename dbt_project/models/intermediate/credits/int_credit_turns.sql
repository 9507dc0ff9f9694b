{{ sliced() }}

-- A table of its own, because the recursion looks into it at every step: DuckDB plans for what a condition might leave,
-- and was wrong by four times the work.
with

final as (
    select * from {{ ref('int_credit_events') }}
    where event <> 'plain use'
)

select * from final
