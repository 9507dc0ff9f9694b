{#
    How an engine tells and reads the types of JSON, once a model: a call of a macro for each field would take dbt
    longer than the query takes the engine.

    For each type that parse_json knows: `readable`, the condition that a value has it, and `typed`, the value in it.
    VALUE stands for the value as text, KIND for what the engine tells its JSON type by; `found` says for a person what
    a KIND is.
#}
{% macro json_types() -%}
    {%- set types = adapter.dispatch('json_types')() -%}
    {%- set id_of_object = json_text('VALUE', 'id') -%}
    {%- do types.update({
        'lower': {'readable': types.text.readable, 'typed': 'lower(VALUE)'},
        'upper': {'readable': types.text.readable, 'typed': 'upper(VALUE)'},
        'epoch': {'readable': types.bigint.readable, 'typed': from_epoch('VALUE')},
        'id': {
            'readable': '(' ~ types.text.readable ~ ' or (case when ' ~ types.object.readable ~ ' then '
                ~ id_of_object ~ ' end is not null))',
            'typed': 'case when ' ~ types.text.readable ~ ' then VALUE else ' ~ id_of_object ~ ' end',
        },
    }) -%}
    {{ return(types) }}
{%- endmacro %}

{# DuckDB names the type: KIND is that name. #}
{% macro duckdb__json_types() -%}
    {{ return({
        'text': {'readable': "KIND = 'VARCHAR'", 'typed': 'VALUE'},
        'bigint': {
            'readable': "(KIND in ('BIGINT', 'UBIGINT') and length(VALUE) < 19)",
            'typed': 'cast(VALUE as bigint)',
        },
        'boolean': {'readable': "KIND = 'BOOLEAN'", 'typed': 'cast(VALUE as boolean)'},
        'decimal': {
            'readable': "(KIND not in ('BOOLEAN', 'ARRAY', 'OBJECT')"
                ~ " and try_cast(VALUE as numeric(38, 12)) is not null)",
            'typed': 'cast(VALUE as numeric(38, 12))',
        },
        'list': {'readable': "KIND = 'ARRAY'", 'typed': 'VALUE'},
        'object': {'readable': "KIND = 'OBJECT'", 'typed': 'VALUE'},
        'found': "case KIND when 'VARCHAR' then 'a string' when 'BOOLEAN' then 'a boolean' when 'ARRAY' then 'a list'"
            ~ " when 'OBJECT' then 'an object' else 'a number' end",
    }) }}
{%- endmacro %}

{# On PostgreSQL KIND is the value as it is written in JSON: looking at it costs half of asking for the type. #}
{% macro postgres__json_types() -%}
    {%- set decimal = '-?[0-9]{1,20}([.][0-9]+)?([eE]-[0-9]{1,2})?' -%}
    {{ return({
        'text': {'readable': "KIND like '\"%'", 'typed': 'VALUE'},
        'bigint': {'readable': "(translate(KIND, '-0123456789', '') = '' and length(KIND) < 19)", 'typed': 'cast(KIND as bigint)'},
        'boolean': {'readable': "KIND in ('true', 'false')", 'typed': 'cast(KIND as boolean)'},
        'decimal': {
            'readable': "KIND ~ '^(" ~ decimal ~ '|"' ~ decimal ~ "\")$'",
            'typed': "cast(trim(both '\"' from KIND) as numeric(38, 12))",
        },
        'list': {'readable': "KIND like '[%'", 'typed': 'KIND'},
        'object': {'readable': "KIND like '{" ~ "%'", 'typed': 'KIND'},
        'found': "case left(KIND, 1) when '\"' then 'a string' when 't' then 'a boolean' when 'f' then 'a boolean'"
            ~ " when '[' then 'a list' when '{' then 'an object' else 'a number' end",
    }) }}
{%- endmacro %}

{# Condition: each element of the JSON list VALUE is an object, and its named fields have their types or are null. #}
{% macro elements_are_readable(types, elements) -%}
    {{ return(adapter.dispatch('elements_are_readable')(types, elements)) }}
{%- endmacro %}

{% macro duckdb__elements_are_readable(types, elements) -%}
    {%- set conditions = ["json_type(element) = 'OBJECT'"] -%}
    {%- for name, type in elements.items() -%}
        {%- set value = "json_extract_string(element, '$." ~ name ~ "')" -%}
        {%- set kind = "json_type(element, '$." ~ name ~ "')" -%}
        {%- set readable = types[type].readable | replace('VALUE', value) | replace('KIND', kind) -%}
        {%- do conditions.append('(' ~ value ~ ' is null or ' ~ readable ~ ')') -%}
    {%- endfor -%}
    coalesce(list_bool_and([
        {{ conditions | join(' and ') }} for element in from_json(VALUE, '["JSON"]')
    ]), true)
{%- endmacro %}

{% macro postgres__elements_are_readable(types, elements) -%}
    {%- set conditions = ["json_typeof(element) = 'object'"] -%}
    {%- for name, type in elements.items() -%}
        {%- set value = "(element ->> '" ~ name ~ "')" -%}
        {%- set kind = "cast(element -> '" ~ name ~ "' as text)" -%}
        {%- set readable = types[type].readable | replace('VALUE', value) | replace('KIND', kind) -%}
        {%- do conditions.append('(' ~ value ~ ' is null or ' ~ readable ~ ')') -%}
    {%- endfor -%}
    coalesce((
        select bool_and({{ conditions | join(' and ') }})
        from json_array_elements(cast(KIND as json)) as elements (element)
    ), true)
{%- endmacro %}

{# What was declared, for a person. #}
{% macro types_in_words() -%}
    {{ return({
        'text': 'a string', 'lower': 'a string', 'upper': 'a string', 'bigint': 'a whole number',
        'epoch': 'a whole number of seconds', 'boolean': 'a boolean', 'decimal': 'a decimal number', 'id': 'an id',
        'list': 'a list', 'object': 'an object',
    }) }}
{%- endmacro %}
