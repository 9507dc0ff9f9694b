{#
    Totals by period in builds that go on from the one before: the periods in which something changed are added up anew,
    from whole tables, so what is made of a period is right whatever it is made of. A row that says the same as before
    changed nothing.

    Such a model begins with `by_period()`, stands in `period_changes`, and takes from what it adds up only
    `of_changed_periods`.
#}

{% macro by_period() -%} {{ config(materialized='by_period') }} {%- endmacro %}

{#
    The column of the period by model, and what moves its rows: a model, the period of its rows, and a condition that takes
    all of its rows for changed, for what they are joined to; without one, those that are others than before.
#}
{% macro period_changes() -%}
    {{ return({
        'agg_provider_daily': ('date', [
            ('fct_provider_usage', utc_date('occurred_at'), none),
            (
                'fct_provider_usage',
                utc_date('occurred_at'),
                'video_id in (select video_id from ' ~ in_slice('came_stg_app__videos') ~ ')',
            ),
        ]),
        'agg_margin_monthly': ('month', [
            ('int_margin_months', 'month', none),
            ('int_margin_of_nobody_months', 'month', none),
            ('int_revenue_by_provider', 'month', none),
            (
                'int_margin_months',
                'month',
                'customer_key in (select customer_key from (' ~ changed_rows('dim_customers', 'customer_key, country') ~ ') as moved)',
            ),
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
    {%- set is_slice = has_slice(name) -%}
    {%- set now = in_slice(name) if is_slice else whole_ref(name) -%}
    {%- set before = in_slice(('went_' if is_slice else 'was_') ~ name) -%}
    {%- set now_sql, before_sql = 'select ' ~ columns ~ ' from ' ~ now, 'select ' ~ columns ~ ' from ' ~ before -%}
    {{ return(
        '(' ~ now_sql ~ ' except ' ~ before_sql ~ ') union all (' ~ before_sql ~ ' except ' ~ now_sql ~ ')'
    ) }}
{%- endmacro %}

{% materialization by_period, default %}
    {%- if not is_sliced() -%} {{ return(table_made_anew()) }} {%- endif -%}
    {%- set column, changes = period_changes()[this.identifier] -%}
    {%- set periods, small = changed_periods(this.identifier), in_slice(this.identifier) -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('periods') -%}
        create table {{ periods }} as
        {% for name, period, condition in changes %}
        select distinct {{ period }} as period
        {% if condition -%}
        from (select * from {{ in_slice(name) }} union all select * from {{ in_slice('went_' ~ name) }}) as moved
        where {{ condition }}
        {%- else -%}
        from ({{ changed_rows(name) }}) as moved
        {%- endif %}
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
    {{ return({'relations': [this]}) }}
{% endmaterialization %}
