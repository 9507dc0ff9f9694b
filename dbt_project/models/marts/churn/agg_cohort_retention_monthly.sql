with

customer_periods as (
    select * from {{ ref('int_mrr_customer_periods') }}
),

run_context as (
    select * from {{ ref('stg_tillhouse__run_context') }}
),

-- Who came and went within a month has no state at its end, but moved within it.
members as (
    select distinct
        customer_key,
        {{ month_start('first_paid_on') }} as cohort_month
    from customer_periods
    where first_paid_on is not null
),

cohorts as (
    select
        members.cohort_month,
        run_context.last_day,
        count(*) as customers_start
    from members
    cross join run_context
    group by members.cohort_month, run_context.last_day
),

ages as (
    select
        cohorts.*,
        months.month,
        row_number() over (partition by cohorts.cohort_month order by months.month) - 1 as age_months
    from cohorts
    {{ series_of_months('cohorts.cohort_month', month_start('cohorts.last_day'), 'months') }}
),

-- Who is paused earns nothing at the month's end and is not active.
earning as (
    select
        members.cohort_month,
        customer_periods.period_start as month,
        count(*) as customers_active,
        {{ total('customer_periods.closing_usd') }} as mrr_usd
    from customer_periods
    inner join members on customer_periods.customer_key = members.customer_key
    where customer_periods.period_type = 'month' and customer_periods.closing_usd > 0
    group by members.cohort_month, customer_periods.period_start
),

final as (
    select
        ages.cohort_month,
        ages.age_months,
        ages.month,
        ages.customers_start,
        coalesce(earning.customers_active, 0) as customers_active,
        cast(coalesce(earning.mrr_usd, 0) as numeric(20, 6)) as mrr_usd,
        cast(coalesce(
            first_value(earning.mrr_usd) over (partition by ages.cohort_month order by ages.age_months), 0
        ) as numeric(20, 6)) as mrr_start_usd,
        {{ add_months('ages.month', 1) }} <= {{ add_days('ages.last_day', 1) }} as is_final
    from ages
    left join earning
        on ages.cohort_month = earning.cohort_month and ages.month = earning.month
)

select * from final
