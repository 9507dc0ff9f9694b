{{ by_period() }}

-- Revenue has a plan and cost a provider of its own. Else a customer's month goes to the plan it earned most revenue
-- with; revenue goes to providers by the credits consumed there. What neither reaches is `unallocated`.
with

monthly as (
    select
        month, customer_key, plan_key, provider, recognised_revenue_usd, net_cash_usd, stripe_fees_usd, dispute_loss_usd,
        provider_cost_usd
    from {{ ref('int_margin_months') }} {{- of_changed_periods('month') }}
    union all
    select
        month, null, plan_key, provider, recognised_revenue_usd, net_cash_usd, stripe_fees_usd, dispute_loss_usd,
        provider_cost_usd
    from {{ ref('int_margin_of_nobody_months') }} {{- of_changed_periods('month') }}
),

plans_ranked as (
    select
        month,
        customer_key,
        plan_key,
        row_number() over (
            partition by month, customer_key order by recognised_revenue_usd desc, plan_key
        ) as place
    from monthly
    where plan_key is not null and customer_key is not null
),

valued as (
    select
        monthly.month,
        dimensions.dimension,
        case dimensions.dimension
            when 'total' then 'total'
            when 'plan' then coalesce(monthly.plan_key, plans_ranked.plan_key, 'unallocated')
            when 'country' then coalesce(customers.country, 'unallocated')
            else coalesce(monthly.provider, 'unallocated')
        end as "value",
        monthly.recognised_revenue_usd,
        monthly.net_cash_usd,
        monthly.stripe_fees_usd,
        monthly.dispute_loss_usd,
        monthly.provider_cost_usd
    from monthly
    cross join (values ('total'), ('plan'), ('country'), ('provider')) as dimensions (dimension)
    left join plans_ranked
        on
            monthly.month = plans_ranked.month
            and monthly.customer_key = plans_ranked.customer_key
            and plans_ranked.place = 1
    left join {{ ref('dim_customers') }} as customers
        on monthly.customer_key = customers.customer_key
    union all
    select
        month,
        'provider',
        provider,
        recognised_revenue_usd,
        0,
        0,
        0,
        0
    from {{ ref('int_revenue_by_provider') }} {{- of_changed_periods('month') }}
    union all
    select
        month,
        'provider',
        'unallocated',
        -recognised_revenue_usd,
        0,
        0,
        0,
        0
    from {{ ref('int_revenue_by_provider') }} {{- of_changed_periods('month') }}
),

summed as (
    select
        month,
        dimension,
        "value",
        {{ margin_sums() }}
    from valued
    group by month, dimension, "value"
),

final as (
    select
        summed.*,
        {{ margin_ratio('summed.gross_margin_usd', 'summed.recognised_revenue_usd') }} as gross_margin_pct,
        {{ add_months('summed.month', 1) }} <= {{ add_days('run_context.last_day', 1) }} as is_final
    from summed
    cross join {{ ref('stg_tillhouse__run_context') }} as run_context
)

select * from final
