-- Identity 7: by day a customer's first movement is `new`, and no later one is.
with

numbered as (
    select
        movements.customer_key,
        movements.period_start,
        movements.new_usd,
        row_number() over (partition by movements.customer_key order by movements.period_start) as movement_number
    from {{ ref('fct_mrr_movements') }} as movements
    where movements.period_type = 'day'
)

select concat(customer_key, ' on ', period_start, ': the first movement is new, and only the first') as message
from numbered
where (movement_number = 1) <> (new_usd > 0)
