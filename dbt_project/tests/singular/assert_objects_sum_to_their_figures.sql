-- Identity 31: the objects behind a figure sum to it, for every metric in every period, and no object is of no figure.
with

figures as (
    {% for table, period in [('agg_kpis_daily', 'date'), ('agg_mrr_monthly', 'month')] -%}
    {% set is_last_table = loop.last -%}
    {% for metric in drilled_figures(table) -%}
    select
        '{{ metric }}' as metric,
        {{ period }} as period,
        cast({{ figure_column(metric) }} as numeric(20, 9)) as figure
    from {{ ref(table) }}
    {{ 'union all' if not (loop.last and is_last_table) }}
    {% endfor -%}
    {% endfor -%}
),

sums as (
    select
        metric,
        period,
        sum(amount) as amount
    from {{ ref('drill_metric_objects') }}
    where slice = 'total'
    group by
        metric,
        period
)

select
    coalesce(figures.metric, sums.metric) as metric,
    coalesce(figures.period, sums.period) as period,
    concat(
        coalesce(figures.metric, sums.metric), ' of ', cast(coalesce(figures.period, sums.period) as text), ' is ',
        coalesce(cast(figures.figure as text), 'missing'), ', but its objects make ',
        cast(coalesce(sums.amount, 0) as text)
    ) as message
from figures
full outer join sums
    on figures.metric = sums.metric and figures.period = sums.period
where figures.figure is null or figures.figure <> coalesce(sums.amount, 0)
