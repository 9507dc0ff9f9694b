{#
    Large models of which whole owners (users, videos) are recomputed, and only those that changed. Such a model has
    `materialized='sliced'` with the slice, which is the model that lists the changed owners, and reads what is large
    through `slice_of`. Where a build begins anew (see raw_tillhouse.build_scope) it is an ordinary table.
#}

{# Whether this model goes on from what the build before left of it. #}
{% macro is_sliced() -%}
    {%- if not execute or model.resource_type != 'model' or should_full_refresh() -%} {{ return(false) }} {%- endif -%}
    {%- set scope = adapter.get_relation(this.database, 'raw_tillhouse', 'build_scope') -%}
    {%- set before = adapter.get_relation(this.database, this.schema, this.identifier) -%}
    {%- if scope is none or before is none or not before.is_table -%} {{ return(false) }} {%- endif -%}
    {{ return(run_query('select count(*) from ' ~ scope).rows[0][0] > 0) }}
{%- endmacro %}

{# A model to read from, under an alias: all of it or, where this one is sliced, the rows of changed owners and of nobody. #}
{% macro slice_of(name, key, slice, alias=none) -%}
    {%- set whole = ref(name) -%}
    {%- if model.resource_type == 'model' -%} {%- set changed = ref(slice) -%} {%- endif -%}
    {%- if is_sliced() -%}
    (
        select whole.*
        from {{ whole }} as whole
        where whole.{{ key }} is null or whole.{{ key }} in (select changed.* from {{ changed }} as changed)
    )
    {%- else -%} {{ whole }} {%- endif %} as {{ alias or name }}
{%- endmacro %}

{% materialization sliced, default %}
    {%- if not is_sliced() -%}
        {{ return(table_made_anew()) }}
    {%- endif -%}
    {%- set columns = adapter.get_columns_in_relation(this) | map(attribute='quoted') | join(', ') -%}
    {%- set key = config.require('slice_key') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('forget') -%}
        delete from {{ this }}
        where {{ key }} is null or {{ key }} in (select changed.* from {{ ref(config.require('slice')) }} as changed)
    {%- endcall %}
    {% call statement('main') -%}
        insert into {{ this }} ({{ columns }}) select {{ columns }} from ({{ sql }}) as slice
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [this]}) }}
{% endmaterialization %}

{# A published table as the build before left it, for a model that it is built from; nothing where there is none. #}
{% macro built_before(name, columns) -%}
    {%- set before = adapter.get_relation(this.database, 'build', name) if execute and model.resource_type == 'model' -%}
    select
        {% for column, type in columns.items() -%}
        {{ column if before else 'cast(null as ' ~ type ~ ')' }} as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    {%- if before %} from {{ before }} {%- else %} where false {%- endif %}
{%- endmacro %}
