{#
    Totals by period in builds that go on from the one before: the periods in which something changed are added up anew,
    from whole tables, so what is made of a period is right whatever it is made of. A row that says the same as before
    changed nothing.

    Such a model begins with `by_period()`, stands in `period_changes`, and takes from what it adds up only
    `of_changed_periods`.
#}

{% macro by_period() -%} {{ config(materialized='by_period') }} {%- endmacro %}

{#
    The column of the period by model, and what moves its rows: rows that changed, the period of each, and where not all
    of them did, a condition. What is joined to them moves them as well.
#}
{% macro period_changes() -%}
    {{ return({
        'agg_provider_daily': ('date', [
            (in_slice('came_stg_app__api_usage_logs'), utc_date('occurred_at'), none),
            (in_slice('went_stg_app__api_usage_logs'), utc_date('occurred_at'), none),
            (
                in_slice('fct_provider_usage'),
                utc_date('occurred_at'),
                'video_id is null'
                ~ ' or video_id in (' ~ ids_that_moved('video_id', ['stg_app__videos', 'stg_app__api_usage_logs']) ~ ')'
                ~ ' or user_id in (select customer_key from ' ~ changed_rows('dim_customers', 'customer_key, is_internal') ~ ')',
            ),
        ]),
        'agg_margin_monthly': ('month', [
            (changed_rows('int_margin_months'), 'month', none),
            (changed_rows('int_margin_of_nobody_months'), 'month', none),
            (changed_rows('int_revenue_by_provider'), 'month', none),
            (
                in_slice('int_margin_months'),
                'month',
                'customer_key in (select customer_key from ' ~ changed_rows('dim_customers', 'customer_key, country') ~ ')',
            ),
        ]),
        'fct_mrr_by_definition': ('month', [
            (changed_rows('agg_mrr_monthly'), 'month', none),
            (changed_rows('int_mrr_month_items'), 'month', none),
        ]),
    }) }}
{%- endmacro %}

{# Condition that a period is one of those in which something changed: all are in a build of everything. #}
{% macro of_changed_periods(period, keyword='where') -%}
    {%- if is_sliced() %} {{ keyword }} {{ period }} in (select period from {{ changed_periods(this.identifier) }}) {%- endif -%}
{%- endmacro %}

{% macro changed_periods(name) -%} {{ return(in_slice('periods_' ~ name)) }} {%- endmacro %}

{# Rows of a model as they are and as they were, if they are not the same: of changed owners, or of all where it is whole. #}
{% macro changed_rows(name, columns='*') -%}
    {%- set is_slice, model = has_slice(name), graph.nodes['model.' ~ project_name ~ '.' ~ name] -%}
    {%- set now = in_slice(name) if is_slice else as_built_before(model.schema, model.alias) -%}
    {%- set before = in_slice(('went_' if is_slice else 'was_') ~ name) -%}
    {%- set now_sql, before_sql = 'select ' ~ columns ~ ' from ' ~ now, 'select ' ~ columns ~ ' from ' ~ before -%}
    {{ return(
        '((' ~ now_sql ~ ' except ' ~ before_sql ~ ') union all (' ~ before_sql ~ ' except ' ~ now_sql ~ ')) as moved'
    ) }}
{%- endmacro %}

{# What staged rows that came in or were replaced name in a column. #}
{% macro ids_that_moved(column, names) -%}
    {%- set ids = [] -%}
    {%- for name in names -%}
        {%- for kind in ['came_', 'went_'] -%}
            {%- do ids.append('select ' ~ column ~ ' from ' ~ in_slice(kind ~ name)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(ids | join(' union all ')) }}
{%- endmacro %}

{% materialization by_period, default %}
    {%- if not is_sliced() -%} {{ return(table_made_anew()) }} {%- endif -%}
    {%- set column, changes = period_changes()[this.identifier] -%}
    {%- set periods, small = changed_periods(this.identifier), in_slice(this.identifier) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('periods') -%}
        create table {{ periods }} as
        {% for rows, period, condition in changes %}
        select distinct {{ period }} as period from {{ rows }} {{ 'where ' ~ condition if condition }}
        {{ 'union' if not loop.last }}
        {% endfor %}
    {%- endcall %}
    {% call statement('main') -%} create table {{ small }} as {{ get_select_subquery(sql) }} {%- endcall %}
    {%- do end_writing_there() -%}
    {% call statement('forget') -%}
        delete from {{ this }} where {{ column }} in (select period from {{ periods }})
    {%- endcall %}
    {% call statement('insert') -%} insert into {{ this }} select * from {{ small }} {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [this]}) }}
{% endmaterialization %}
