{# The value of a field if it has the type that is declared, else null. `kind` is the engine's word for its JSON type. #}
{% macro typed_value(value, kind, type, elements={}) -%}
    {%- if type == 'epoch' -%}
        {{ return(from_epoch(typed_value(value, kind, 'bigint'))) }}
    {%- elif type in ['lower', 'upper'] -%}
        {{ return(type ~ '(' ~ typed_value(value, kind, 'text') ~ ')') }}
    {%- elif type == 'text' -%}
        {%- set readable, typed = is_kind(kind, 'string'), value -%}
    {%- elif type == 'bigint' -%}
        {%- set readable = is_kind(kind, 'number') ~ ' and ' ~ value ~ " ~ '^-?[0-9]{1,18}$'" -%}
        {%- set typed = 'cast(' ~ value ~ ' as bigint)' -%}
    {%- elif type == 'boolean' -%}
        {%- set readable, typed = is_kind(kind, 'boolean'), 'cast(' ~ value ~ ' as boolean)' -%}
    {%- elif type == 'decimal' -%}
        {%- set readable = '(' ~ is_kind(kind, 'number') ~ ' or ' ~ is_kind(kind, 'string') ~ ') and ' ~ value
            ~ " ~ '^-?[0-9]{1,20}(\\.[0-9]+)?([eE]-[0-9]{1,2})?$'" -%}
        {%- set typed = 'cast(' ~ value ~ ' as numeric(38, 12))' -%}
    {%- elif type == 'id' -%}
        {%- set readable = is_kind(kind, 'string') ~ ' then ' ~ value ~ ' when ' ~ is_kind(kind, 'object') -%}
        {%- set typed = json_text(value, 'id') -%}
    {%- elif type == 'list' -%}
        {%- set readable, typed = is_kind(kind, 'list'), value -%}
        {%- if elements -%}
            {%- set typed = 'case when ' ~ elements_are_readable(value, elements) ~ ' then ' ~ value ~ ' end' -%}
        {%- endif -%}
    {%- elif type == 'object' -%}
        {%- set readable, typed = is_kind(kind, 'object'), value -%}
    {%- else -%}
        {{ exceptions.raise_compiler_error("parse_json: unknown type " ~ type) }}
    {%- endif -%}
    {{ return('case when ' ~ readable ~ ' then ' ~ typed ~ ' end') }}
{%- endmacro %}

{# Whether each element of a JSON list is an object whose named fields have their types, or are null. #}
{% macro elements_are_readable(expression, elements) -%}
    {{ return(adapter.dispatch('elements_are_readable')(expression, elements)) }}
{%- endmacro %}

{% macro duckdb__elements_are_readable(expression, elements) -%}
    {%- set conditions = ["json_type(element) = 'OBJECT'"] -%}
    {%- for name, type in elements.items() -%}
        {%- set value = "json_extract_string(element, '$." ~ name ~ "')" -%}
        {%- set kind = "json_type(element, '$." ~ name ~ "')" -%}
        {%- do conditions.append('(' ~ value ~ ' is null or (' ~ typed_value(value, kind, type) ~ ') is not null)') -%}
    {%- endfor -%}
    coalesce(list_bool_and([
        {{ conditions | join(' and ') }} for element in from_json({{ expression }}, '["JSON"]')
    ]), true)
{%- endmacro %}

{% macro postgres__elements_are_readable(expression, elements) -%}
    {%- set conditions = ["json_typeof(element) = 'object'"] -%}
    {%- for name, type in elements.items() -%}
        {%- set value = "(element ->> '" ~ name ~ "')" -%}
        {%- set kind = "json_typeof(element -> '" ~ name ~ "')" -%}
        {%- do conditions.append('(' ~ value ~ ' is null or (' ~ typed_value(value, kind, type) ~ ') is not null)') -%}
    {%- endfor -%}
    coalesce((
        select bool_and({{ conditions | join(' and ') }})
        from json_array_elements(cast({{ expression }} as json)) as elements (element)
    ), true)
{%- endmacro %}

{% macro is_kind(kind, name) -%}
    {{ return(adapter.dispatch('is_kind')(kind, name)) }}
{%- endmacro %}

{% macro duckdb__is_kind(kind, name) -%}
    {%- set words = {
        'string': "= 'VARCHAR'", 'boolean': "= 'BOOLEAN'", 'list': "= 'ARRAY'", 'object': "= 'OBJECT'",
        'number': "in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE')",
    } -%}
    {{ return(kind ~ ' ' ~ words[name]) }}
{%- endmacro %}

{% macro postgres__is_kind(kind, name) -%}
    {{ return(kind ~ " = '" ~ {'list': 'array'}.get(name, name) ~ "'") }}
{%- endmacro %}

{# What was found, for a person. #}
{% macro kind_in_words(kind) -%}
    {{ return('case when ' ~ is_kind(kind, 'string') ~ " then 'a string' when " ~ is_kind(kind, 'boolean')
        ~ " then 'a boolean' when " ~ is_kind(kind, 'list') ~ " then 'a list' when " ~ is_kind(kind, 'object')
        ~ " then 'an object' else 'a number' end") }}
{%- endmacro %}

{# What was declared, for a person. #}
{% macro type_in_words(type, elements={}) -%}
    {%- set words = {
        'bigint': 'a whole number', 'epoch': 'a whole number of seconds', 'boolean': 'a boolean',
        'decimal': 'a decimal number', 'id': 'an id', 'list': 'a list', 'object': 'an object',
    } -%}
    {%- set told = [] -%}
    {%- for name, element_type in elements.items() -%}
        {%- do told.append(name ~ ' is ' ~ words.get(element_type, 'a string')) -%}
    {%- endfor -%}
    {{ return(words.get(type, 'a string') ~ (' of objects whose ' ~ told | join(', ') if told else '')) }}
{%- endmacro %}
