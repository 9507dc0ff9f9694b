{#
    A table made anew under its own name, in one transaction. dbt's own materializations make it beside the old one and
    rename both, for readers in between; nobody reads what is being built here (publishing copies it), and renaming and
    dropping are a third of what a small build costs.
#}

{% materialization table, adapter='duckdb' %} {{ return(table_made_anew()) }} {% endmaterialization %}
{% materialization table, adapter='postgres' %} {{ return(table_made_anew()) }} {% endmaterialization %}

{% macro table_made_anew() -%}
    {%- set before = load_cached_relation(this) -%}
    {%- set table = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') -%}
        {% if before -%}
            {#- PostgreSQL drops the views on it as well, and dbt has to know of that before it comes to them. -#}
            {%- do adapter.cache_dropped(before) -%}
            drop {{ before.type }} {{ before }} cascade;
        {%- endif %}
        {{ get_create_table_as_sql(False, table, sql) }}
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [table]}) }}
{%- endmacro %}
