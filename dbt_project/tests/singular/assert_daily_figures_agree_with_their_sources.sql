-- Identity 2: the wide row of a day says what the tables behind it say. MRR is compared where the roll-forward
-- by month closes, at the ends of months and yesterday; cash, cost and credits over all days.
with

run_context as (
    select last_day
    from {{ ref('stg_tillhouse__run_context') }}
),

monthly as (
    select
        months.month,
        months.closing_usd,
        months.customers_closing,
        least({{ add_days(add_months('months.month', 1), -1) }}, run_context.last_day) as last_day
    from {{ ref('agg_mrr_monthly') }} as months
    cross join run_context
),

differences as (
    select
        concat('mrr_usd of ', cast(monthly.last_day as text)) as figure,
        kpis.mrr_usd as daily,
        monthly.closing_usd as source_figure
    from monthly
    inner join {{ ref('agg_kpis_daily') }} as kpis
        on monthly.last_day = kpis.date
    union all
    select
        concat('paying_customers of ', cast(monthly.last_day as text)),
        kpis.paying_customers,
        monthly.customers_closing
    from monthly
    inner join {{ ref('agg_kpis_daily') }} as kpis
        on monthly.last_day = kpis.date
    union all
    select
        'net_volume_usd less stripe_fees_usd of all days',
        (select sum(kpis.net_volume_usd - kpis.stripe_fees_usd) from {{ ref('agg_kpis_daily') }} as kpis),
        (
            select
                sum(case
                    when cash.cash_class in ('sale', 'refund', 'dispute', 'dispute_reversal', 'fee')
                        then cash.net_usd
                    else -cash.fee_usd
                end)
            from {{ ref('agg_cash_daily') }} as cash
        )
    union all
    select
        'provider_cost_usd of all days',
        (select sum(kpis.provider_cost_usd) from {{ ref('agg_kpis_daily') }} as kpis),
        (select sum(provider.cost_usd) from {{ ref('agg_provider_daily') }} as provider)
    union all
    select
        'credits_used of all days',
        (select sum(kpis.credits_used) from {{ ref('agg_kpis_daily') }} as kpis),
        (select sum(usage.credits_used) from {{ ref('agg_usage_daily') }} as usage)
)

select
    figure,
    concat(
        figure, ' is ', cast(daily as text), ' in agg_kpis_daily, but ', cast(source_figure as text),
        ' in the table it comes from'
    ) as message
from differences
where coalesce(daily, 0) <> coalesce(source_figure, 0)
