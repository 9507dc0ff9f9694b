-- Identity 1: opening and movements make the closing, per customer and in total, by day and by month.
with

rows_checked as (
    select
        customer_key || ' ' || period_type || ' ' || cast(period_start as text) as name,
        opening_usd, new_usd, expansion_usd, reactivation_usd, resumed_usd,
        contraction_usd, churn_usd, paused_usd, fx_usd, closing_usd
    from {{ ref('fct_mrr_movements') }}
    union all
    select
        'total of month ' || cast(month as text),
        opening_usd, new_usd, expansion_usd, reactivation_usd, resumed_usd,
        contraction_usd, churn_usd, paused_usd, fx_usd, closing_usd
    from {{ ref('agg_mrr_monthly') }}
)

select concat('MRR does not roll forward or has a negative part: ', name) as message
from rows_checked
where
    closing_usd <> opening_usd + new_usd + expansion_usd + reactivation_usd + resumed_usd
    - contraction_usd - churn_usd - paused_usd + fx_usd
    or least(
        opening_usd, new_usd, expansion_usd, reactivation_usd, resumed_usd,
        contraction_usd, churn_usd, paused_usd, closing_usd
    ) < 0
