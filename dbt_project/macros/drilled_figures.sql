{#
    The money and counts of the wide tables that lead to their objects, by table and by how they come about: `flow`
    sums up over days, `state` holds at a day's end; of months, by whether `customer` or `item` is the object. Rates
    have no objects of their own: their parts have. A test compares the lists with the columns.
#}
{% macro drilled_figures(table, kind=none) -%}
    {%- set figures = {
        'agg_kpis_daily': {
            'state': ['mrr_usd', 'arr_usd', 'paying_customers', 'wau', 'mau', 'open_alerts'],
            'flow': [
                'new_mrr_usd', 'expansion_mrr_usd', 'reactivation_mrr_usd', 'contraction_mrr_usd', 'churn_mrr_usd',
                'gross_volume_usd', 'refunds_usd', 'disputes_usd', 'stripe_fees_usd', 'net_volume_usd', 'dau',
                'videos_completed', 'videos_failed', 'credits_used', 'provider_cost_usd', 'recognised_revenue_usd',
                'gross_margin_usd',
            ],
        },
        'agg_mrr_monthly': {
            'customer': [
                'opening_usd', 'new_usd', 'expansion_usd', 'reactivation_usd', 'resumed_usd', 'contraction_usd',
                'churn_usd', 'paused_usd', 'fx_usd', 'closing_usd', 'customers_opening', 'customers_new',
                'customers_reactivated', 'customers_resumed', 'customers_churned', 'customers_paused',
                'customers_closing', 'closing_arr_usd',
            ],
            'item': ['committed_mrr_usd', 'at_risk_mrr_usd'],
        },
    }[table] -%}
    {{ return(figures[kind] if kind else figures.values() | sum(start=[])) }}
{%- endmacro %}

{# Which column of its table a metric is, where the name says something else: one name, one metric. #}
{% macro figure_column(metric) -%} {{ return({'closing_arr_usd': 'arr_usd'}.get(metric, metric)) }} {%- endmacro %}
