with

margins as (
    select customer_key, sum(gross_margin_usd) as gross_margin_usd
    from {{ ref('fct_customer_margin_months') }}
    group by customer_key
),

parts as (
    select
        month,
        plan_key,
        count(*) as customers,
        sum(mrr_usd) as mrr_usd,
        0 as opening_customers, 0 as lost_customers,
        cast(0 as numeric(20, 6)) as recognised_revenue_usd, cast(0 as numeric(20, 9)) as gross_margin_usd,
        0 as cohort_customers, cast(0 as numeric(20, 9)) as cohort_margin_usd
    from {{ ref('int_plan_customers_monthly') }}
    where not is_beginning
    group by month, plan_key
    union all
    select
        {{ add_months('month', 1) }}, plan_key, 0, 0, count(*), count(case when is_gone_next_month then 1 end), 0, 0, 0, 0
    from {{ ref('int_plan_customers_monthly') }}
    where not is_beginning
    group by month, plan_key
    union all
    select month, "value", 0, 0, 0, 0, recognised_revenue_usd, gross_margin_usd, 0, 0
    from {{ ref('agg_margin_monthly') }}
    where dimension = 'plan' and "value" <> 'unallocated'
    union all
    select beginnings.month, beginnings.plan_key, 0, 0, 0, 0, 0, 0, 1, coalesce(margins.gross_margin_usd, 0)
    from {{ ref('int_plan_customers_monthly') }} as beginnings
    left join margins
        on beginnings.customer_key = margins.customer_key
    where beginnings.is_beginning
),

summed as (
    select
        month,
        plan_key,
        {% for column in [
            'customers', 'mrr_usd', 'opening_customers', 'lost_customers', 'recognised_revenue_usd', 'gross_margin_usd',
            'cohort_customers',
        ] -%}
        sum({{ column }}) as {{ column }},
        {% endfor -%}
        sum(cohort_margin_usd) as cohort_margin_usd
    from parts
    cross join {{ ref('stg_tillhouse__run_context') }} as run_context
    where month <= run_context.last_day
    group by month, plan_key
),

-- Churn and margin are noisy by the month: both are those of the six months that end with it.
six_months as (
    select
        summed.month,
        summed.plan_key,
        {{ exact_ratio('max(summed.mrr_usd)', 'max(summed.customers)') }} as arpa_usd,
        {{ exact_ratio('sum(earlier.lost_customers)', 'sum(earlier.opening_customers)') }} as churn_rate,
        {{ margin_ratio('sum(earlier.gross_margin_usd)', 'sum(earlier.recognised_revenue_usd)') }} as gross_margin_pct
    from summed
    inner join summed as earlier
        on
            summed.plan_key = earlier.plan_key
            and summed.month >= earlier.month
            and earlier.month >= {{ add_months('summed.month', -5) }}
    group by summed.month, summed.plan_key
),

final as (
    select
        summed.month,
        summed.plan_key,
        cast(summed.customers as bigint) as customers,
        cast(summed.mrr_usd as numeric(20, 6)) as mrr_usd,
        six_months.arpa_usd,
        cast(summed.recognised_revenue_usd as numeric(20, 6)) as recognised_revenue_usd,
        cast(summed.gross_margin_usd as numeric(20, 9)) as gross_margin_usd,
        six_months.gross_margin_pct,
        six_months.churn_rate,
        cast(case
            when six_months.churn_rate > 0
                then {{ round_ratio(
                    whole('six_months.arpa_usd * 1000000') ~ ' * ' ~ whole('six_months.gross_margin_pct * 1000000'),
                    whole('six_months.churn_rate * 1000000') ~ ' * 1000000', 6
                ) }}
        end as numeric(20, 6)) as ltv_usd,
        cast(summed.cohort_customers as bigint) as cohort_customers,
        cast(summed.cohort_margin_usd as numeric(20, 9)) as cohort_margin_usd,
        {{ add_months('summed.month', 1) }} <= {{ add_days('run_context.last_day', 1) }} as is_final
    from summed
    inner join six_months
        on summed.month = six_months.month and summed.plan_key = six_months.plan_key
    cross join {{ ref('stg_tillhouse__run_context') }} as run_context
)

select * from final
