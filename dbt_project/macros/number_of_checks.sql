{# How many tests of the data the project declares: the rows that agg_data_quality is about to have. #}
{% macro number_of_checks() -%}
    {%- set tests = graph.nodes.values() | selectattr('resource_type', 'equalto', 'test') | list if execute else [] -%}
    cast({{ tests | length }} as bigint)
{%- endmacro %}
