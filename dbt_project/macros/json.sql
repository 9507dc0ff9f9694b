{#
    Every object is parsed once, whatever the number of fields: field by field is seven times dearer
    on DuckDB and forty times on PostgreSQL.
    fields: [name, path] or [name, path, type]; type is text (default), bigint, boolean, epoch, decimal,
    lower, upper, or id (of a field that holds an id or, expanded, the object).
#}
{% macro parse_json(relation, fields, keep=[], column='object') -%}
    {{ return(adapter.dispatch('parse_json')(relation, fields, keep, column)) }}
{%- endmacro %}

{% macro duckdb__parse_json(relation, fields, keep, column) -%}
    select
        {%- for name in keep %}
        extracted.{{ name }},
        {%- endfor %}
        {%- for field in fields %}
        {{ typed_field('extracted.values_read[' ~ loop.index ~ ']', field) }} as {{ field[0] }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from (
        select
            {%- for name in keep %}
            {{ name }},
            {%- endfor %}
            json_extract_string(
                {{ column }},
                [{% for field in fields %}'$.{{ field[1] }}'{{ ', ' if not loop.last }}{% endfor %}]
            ) as values_read
        from {{ relation }}
    ) as extracted
{%- endmacro %}

{% macro postgres__parse_json(relation, fields, keep, column) -%}
    {%- set heads = {} -%}
    {%- for field in fields -%}
        {%- set parts = field[1].split('.') -%}
        {%- set nested = parts | length > 1 or heads.get(parts[0]) == 'json' -%}
        {%- do heads.update({parts[0]: 'json' if nested else 'text'}) -%}
    {%- endfor -%}
    select
        {%- for name in keep %}
        parsed.{{ name }},
        {%- endfor %}
        {%- for field in fields %}
        {%- set parts = field[1].split('.') %}
        {%- if heads[parts[0]] == 'text' %}
        {%- set value = 'record_read."' ~ parts[0] ~ '"' %}
        {%- else %}
        {%- set value = '(record_read."' ~ parts[0] ~ '" #>> \'{' ~ parts[1:] | join(',') ~ '}\')' %}
        {%- endif %}
        {{ typed_field(value, field) }} as {{ field[0] }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }} as parsed
    cross join lateral json_to_record(cast(parsed.{{ column }} as json)) as record_read (
        {%- for head, head_type in heads.items() %}
        "{{ head }}" {{ head_type }}{{ ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{% macro typed_field(value, field) -%}
    {%- set type = field[2] if field | length > 2 else 'text' -%}
    {%- if type == 'epoch' -%} {{ from_epoch(value) }}
    {%- elif type == 'decimal' -%} cast({{ value }} as numeric(38, 12))
    {%- elif type == 'id' -%} {{ id_of(value) }}
    {%- elif type in ['lower', 'upper'] -%} {{ type }}({{ value }})
    {%- elif type in ['bigint', 'boolean', 'text'] -%} cast({{ value }} as {{ type }})
    {%- else -%} {{ exceptions.raise_compiler_error("parse_json: unknown type " ~ type) }}
    {%- endif -%}
{%- endmacro %}

{% macro json_text(expression, path) -%}
    {{ return(adapter.dispatch('json_text')(expression, path)) }}
{%- endmacro %}

{% macro duckdb__json_text(expression, path) -%}
    json_extract_string({{ expression }}, '$.{{ path }}')
{%- endmacro %}

{% macro postgres__json_text(expression, path) -%}
    (cast({{ expression }} as json) #>> '{ {{- path.split('.') | join(',') -}} }')
{%- endmacro %}

{# The elements of a JSON array, one row each: `from t {{ json_rows('t.lines', 'line') }}` gives line.element, line.position (from 1). #}
{% macro json_rows(expression, alias) -%}
    {{ return(adapter.dispatch('json_rows')(expression, alias)) }}
{%- endmacro %}

{% macro duckdb__json_rows(expression, alias) -%}
    cross join lateral (
        select
            cast(element as varchar) as element,
            position
        from unnest(from_json({{ expression }}, '["JSON"]')) with ordinality as elements (element, position)
    ) as {{ alias }}
{%- endmacro %}

{% macro postgres__json_rows(expression, alias) -%}
    cross join lateral (
        select
            cast(element as text) as element,
            position
        from json_array_elements(cast({{ expression }} as json)) with ordinality as elements (element, position)
    ) as {{ alias }}
{%- endmacro %}

{# Sum of an integer field over a JSON array, 0 for none; only elements whose `only_field` equals `only_value` when given. #}
{% macro json_sum(expression, field, only_field=none, only_value=none) -%}
    {{ return(adapter.dispatch('json_sum')(expression, field, only_field, only_value)) }}
{%- endmacro %}

{% macro duckdb__json_sum(expression, field, only_field, only_value) -%}
    cast(coalesce(list_sum([
        cast(element ->> '$.{{ field }}' as bigint) for element in from_json({{ expression }}, '["JSON"]')
        {%- if only_field %} if element ->> '$.{{ only_field }}' = '{{ only_value }}'{% endif %}
    ]), 0) as bigint)
{%- endmacro %}

{% macro postgres__json_sum(expression, field, only_field, only_value) -%}
    cast(coalesce((
        select sum(cast(element ->> '{{ field }}' as bigint))
        from json_array_elements(cast({{ expression }} as json)) as elements (element)
        {%- if only_field %} where element ->> '{{ only_field }}' = '{{ only_value }}'{% endif %}
    ), 0) as bigint)
{%- endmacro %}

{# The id in a field that Stripe gives as an id or, expanded, as the object. #}
{% macro id_of(expression) -%}
    case when {{ expression }} like '{{ '{%' }}' then {{ json_text(expression, 'id') }} else {{ expression }} end
{%- endmacro %}
