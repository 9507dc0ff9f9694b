with

customer_months as (
    select * from {{ ref('int_mrr_customer_periods') }}
    where period_type = 'month'
),

horizons as (
    {% for months in [1, 3, 12] -%}
    select {{ months }} as months_back {{ 'union all' if not loop.last }}
    {% endfor %}
),

run_context as (
    select * from {{ ref('stg_tillhouse__run_context') }}
),

-- Who earned something at the end of a month is looked at again k months later; who is gone or paused has 0.
bases as (
    select
        customer_months.customer_key,
        customer_months.closing_usd as then_usd,
        horizons.months_back,
        {{ add_months('customer_months.period_start', 'horizons.months_back') }} as month
    from customer_months
    cross join horizons
    cross join run_context
    where
        customer_months.closing_usd > 0
        and {{ add_months('customer_months.period_start', 'horizons.months_back') }} <= run_context.last_day
),

compared as (
    select
        bases.month,
        bases.months_back,
        bases.then_usd,
        coalesce(customer_months.closing_usd, 0) as now_usd
    from bases
    left join customer_months
        on bases.month = customer_months.period_start and bases.customer_key = customer_months.customer_key
),

final as (
    select
        compared.month,
        compared.months_back,
        {{ total('compared.then_usd') }} as then_usd,
        {{ total('compared.now_usd') }} as now_usd,
        {{ total('least(compared.now_usd, compared.then_usd)') }} as kept_usd
    from compared
    group by compared.month, compared.months_back
)

select * from final
