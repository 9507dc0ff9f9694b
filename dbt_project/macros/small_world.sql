{#
    Where the small world of slices is. Nobody needs it after the build, so on DuckDB it is in memory, a database beside
    the warehouse's: to write it down, into the log and then compressed into the file, costs as much as to compute it.
    Its tables go by two names either way, `build_slice` and their own.
#}

{# Before the first model: an empty place, or none. #}
{% macro open_small_world() -%} {{ return(adapter.dispatch('open_small_world')()) }} {%- endmacro %}

{% macro default__open_small_world() -%}
    drop schema if exists {{ slice_schema() }} cascade
    {%- if is_sliced() -%} ; create schema {{ slice_schema() }} {%- endif -%}
{%- endmacro %}

{#
    A checkpoint would write tables anew where enough of their rows are replaced: tens of times what changed. The day's
    first build makes them anew anyway. And one at the end is enough; what a crash leaves in the log is found there.
#}
{% macro duckdb__open_small_world() -%}
    detach database if exists {{ slice_schema() }};
    drop schema if exists {{ kept_small_world() }} cascade
    {%- if is_sliced() -%}
    ; attach ':memory:' as {{ slice_schema() }}
    ; set global max_vacuum_tasks = 0
    ; set global checkpoint_threshold = '1GB'
    {%- endif -%}
{%- endmacro %}

{#
    Conditions of which a row meets at most one, for a statement each. DuckDB reads only what a condition without `or` may
    find; PostgreSQL would read the whole table for each of them, so there they are one.
#}
{% macro one_by_one(conditions) -%} {{ return(adapter.dispatch('one_by_one')(conditions)) }} {%- endmacro %}

{% macro default__one_by_one(conditions) -%} {{ return(['(' ~ conditions | join(') or (') ~ ')']) }} {%- endmacro %}

{% macro duckdb__one_by_one(conditions) -%} {{ return(conditions) }} {%- endmacro %}

{# DuckDB writes to one database in a transaction: to the small world or to the warehouse. #}
{% macro end_writing_there() -%} {%- do adapter.commit() -%} {%- endmacro %}

{# After the last node: what a test that failed has read stays, because its rows are asked for (warehouse/dbt.py). #}
{% macro close_small_world(results) -%}
    {%- if is_sliced() and results | rejectattr('status', 'in', ['success', 'pass', 'warn', 'no-op']) | list -%}
        {{ adapter.dispatch('keep_small_world')() }}
    {%- endif -%}
{%- endmacro %}

{% macro default__keep_small_world() -%} {%- endmacro %}

{% macro duckdb__keep_small_world() -%}
    create schema {{ kept_small_world() }}
    {%- set tables = "select table_name from information_schema.tables where table_catalog = '" ~ slice_schema() ~ "'" -%}
    {%- for (name,) in run_query(tables).rows %}
    ; create table {{ kept_small_world() }}.{{ adapter.quote(name) }} as
    select * from {{ slice_schema() }}.main.{{ adapter.quote(name) }}
    {%- endfor -%}
{%- endmacro %}

{# Where it would be in the warehouse's file. #}
{% macro kept_small_world() -%} {{ adapter.quote(target.database) }}.{{ slice_schema() }} {%- endmacro %}
