-- Identity 9: cohort sizes sum to all first-time customers; their MRR and active members sum to those of each month.
with

sizes as (
    select coalesce(sum(customers_start), 0) as customers
    from {{ ref('agg_cohort_retention_monthly') }}
    where age_months = 0
),

first_timers as (
    select count(*) as customers
    from {{ ref('dim_customers') }}
    where cohort_month is not null and not is_internal
),

months as (
    select
        month,
        sum(mrr_usd) as mrr_usd,
        sum(customers_active) as customers
    from {{ ref('agg_cohort_retention_monthly') }}
    group by month
)

select
    concat(
        'the cohorts have ', sizes.customers, ' members, but there are ', first_timers.customers, ' first-time customers'
    ) as message
from sizes
cross join first_timers
where sizes.customers <> first_timers.customers
union all
select
    concat('MRR or customers of all cohorts in ', mrr_months.month, ' are not those of agg_mrr_monthly') as message
from {{ ref('agg_mrr_monthly') }} as mrr_months
left join months
    on mrr_months.month = months.month
where
    mrr_months.closing_usd <> coalesce(months.mrr_usd, 0)
    or mrr_months.customers_closing <> coalesce(months.customers, 0)
