-- Identity 10: each day's churn has its event of the same amount; the other events end a pause and move nothing.
select
    concat(
        'churn of ', movements.customer_key, ' on ', movements.period_start, ' has no event of ', movements.churn_usd
    ) as message
from {{ ref('fct_mrr_movements') }} as movements
left join {{ ref('fct_churn_events') }} as events
    on movements.customer_key = events.customer_key and movements.period_start = events.churned_on
where
    movements.period_type = 'day'
    and movements.churn_usd > 0
    and (events.mrr_lost_usd is null or events.mrr_lost_usd <> movements.churn_usd)
union all
select concat('the customers lost in ', retention.month, ' by type are not all that were lost') as message
from {{ ref('agg_retention_monthly') }} as retention
inner join {{ ref('agg_mrr_monthly') }} as months
    on retention.month = months.month
where
    retention.voluntary_churn_usd + retention.involuntary_churn_usd + retention.admin_churn_usd <> months.churn_usd
