-- What is kept in mind of months that are over, so that a later run can say what it changed in them.
{% set monthly_flows = {
    'cash': ['gross_volume_usd', 'refunds_usd', 'disputes_usd', 'stripe_fees_usd', 'net_volume_usd'],
    'usage': ['videos_completed', 'videos_failed', 'credits_used'],
    'cost': ['provider_cost_usd'],
    'revenue': ['recognised_revenue_usd'],
    'margin': ['gross_margin_usd'],
} -%}
{% set month_end_states = ['wau', 'mau'] -%}

with

closed as (
    select *
    from {{ ref('agg_mrr_monthly') }}
    where is_final
),

days as (
    select
        closed.month,
        kpis.date = {{ add_days(add_months('closed.month', 1), -1) }} as is_month_end,
        kpis.*
    from closed
    inner join {{ ref('agg_kpis_daily') }} as kpis
        on closed.month = {{ month_start('kpis.date') }}
),

final as (
    {% for metric in drilled_figures('agg_mrr_monthly') -%}
    select
        '{{ metric }}' as metric,
        month,
        cast({{ figure_column(metric) }} as numeric(20, 9)) as figure,
        'mrr' as area
    from closed
    union all
    {% endfor -%}
    {% for area, metrics in monthly_flows.items() -%}
    {% for metric in metrics -%}
    select '{{ metric }}', month, {{ total(metric, 'numeric(20, 9)') }}, '{{ area }}'
    from days
    group by month
    union all
    {% endfor -%}
    {% endfor -%}
    {% for metric in month_end_states -%}
    select '{{ metric }}', month, cast({{ metric }} as numeric(20, 9)), 'usage'
    from days
    where is_month_end
    {{ 'union all' if not loop.last }}
    {% endfor -%}
)

select * from final
