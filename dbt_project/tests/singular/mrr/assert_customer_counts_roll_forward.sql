-- Identity 5: customers come, go, pause and resume, and none is counted twice.
with

followed as (
    select
        months.*,
        lag(months.customers_closing) over (order by months.month) as customers_before,
        lag(months.closing_usd) over (order by months.month) as closing_before_usd
    from {{ ref('agg_mrr_monthly') }} as months
)

select concat('customers or MRR of ', month, ' do not follow from the month before') as message
from followed
where
    customers_closing <> customers_opening + customers_new + customers_reactivated + customers_resumed
    - customers_churned - customers_paused
    or customers_opening <> customers_before
    or opening_usd <> closing_before_usd
