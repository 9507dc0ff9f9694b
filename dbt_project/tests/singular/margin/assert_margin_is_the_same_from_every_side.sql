-- Identity 28: customers and what is nobody's are the total, which is revenue less fees, lost disputes and cost of all but
-- internal customers; every dimension sums to it, and so do the days. A month with internal customers alone has no row.
with

run_context as (
    select last_day from {{ ref('stg_tillhouse__run_context') }}
),

total as (
    select
        month,
        recognised_revenue_usd,
        stripe_fees_usd,
        dispute_loss_usd,
        provider_cost_usd,
        gross_margin_usd
    from {{ ref('agg_margin_monthly') }}
    where dimension = 'total'
),

sides as (
    select
        concat('values of ', dimension) as side,
        month,
        sum(recognised_revenue_usd) as recognised_revenue_usd,
        sum(stripe_fees_usd) as stripe_fees_usd,
        sum(dispute_loss_usd) as dispute_loss_usd,
        sum(provider_cost_usd) as provider_cost_usd,
        sum(gross_margin_usd) as gross_margin_usd
    from {{ ref('agg_margin_monthly') }}
    group by dimension, month
    union all
    select
        'customers and nobody',
        month,
        sum(recognised_revenue_usd),
        sum(stripe_fees_usd),
        sum(dispute_loss_usd),
        sum(provider_cost_usd),
        sum(gross_margin_usd)
    from (
        select
            month, recognised_revenue_usd, stripe_fees_usd, dispute_loss_usd, provider_cost_usd, gross_margin_usd
        from {{ ref('fct_customer_margin_months') }}
        union all
        select
            month, recognised_revenue_usd, stripe_fees_usd, dispute_loss_usd, provider_cost_usd,
            recognised_revenue_usd - stripe_fees_usd - dispute_loss_usd - provider_cost_usd
        from {{ ref('int_margin_of_nobody_months') }}
    ) as owners
    group by month
    union all
    select
        'sources',
        month,
        sum(recognised_usd),
        sum(fees_usd),
        sum(lost_usd),
        sum(cost_usd),
        sum(recognised_usd - fees_usd - lost_usd - cost_usd)
    from (
        select
            {{ month_start('date') }} as month,
            recognised_usd - contra_usd as recognised_usd, 0 as fees_usd, 0 as lost_usd, cast(0 as numeric(20, 9)) as cost_usd
        from {{ ref('fct_revenue_recognition_days') }}
        where not is_internal
        union all
        select
            {{ month_start(utc_date('created_at')) }},
            0,
            fee_usd - case when cash_class = 'fee' then amount_usd else 0 end,
            case when cash_class in ('dispute', 'dispute_reversal') then -amount_usd else 0 end,
            0
        from {{ ref('fct_balance_transactions') }}
        cross join run_context
        where not is_internal and {{ utc_date('created_at') }} <= run_context.last_day
        union all
        select
            {{ month_start('date') }},
            0,
            0,
            0,
            cost_usd - internal_cost_usd
        from {{ ref('agg_provider_daily') }}
    ) as origins
    group by month
)

select
    sides.side,
    concat(
        'margin of ', cast(sides.month as text), ' by ', sides.side, ' is ', cast(sides.gross_margin_usd as text),
        ', but in total ', coalesce(cast(total.gross_margin_usd as text), 'missing'), ', or a part of it differs'
    ) as message
from sides
left join total
    on sides.month = total.month
-- A month of internal customers alone has no margin and no row.
where
    sides.recognised_revenue_usd <> coalesce(total.recognised_revenue_usd, 0)
    or sides.stripe_fees_usd <> coalesce(total.stripe_fees_usd, 0)
    or sides.dispute_loss_usd <> coalesce(total.dispute_loss_usd, 0)
    or sides.provider_cost_usd <> coalesce(total.provider_cost_usd, 0)
    or sides.gross_margin_usd <> coalesce(total.gross_margin_usd, 0)
union all
select
    'days',
    concat(
        'margin of the days of ', cast(total.month as text), ' is ', cast(sum(kpis.gross_margin_usd) as text), ', not the total'
    )
from total
inner join {{ ref('agg_kpis_daily') }} as kpis
    on {{ month_start('kpis.date') }} = total.month
group by total.month, total.gross_margin_usd
having min(kpis.date) = total.month and sum(kpis.gross_margin_usd) <> total.gross_margin_usd
