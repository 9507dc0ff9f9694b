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
