{#
    Every object is parsed once, whatever the number of fields: field by field is seven times dearer
    on DuckDB and forty times on PostgreSQL.

    fields: [name, place], [name, place, type] or [name, places, 'list', elements].
        place: a path, or a list of paths where API versions keep the field, the newest first; the first that is
            not null is read.
        type: text (default), bigint, boolean, epoch, decimal, lower, upper, list, object (both as JSON text), or id
            (of a field that holds an id or, expanded, the object).
        elements: types of the fields that are read of a list's elements.
    keep: columns of the relation to pass on.

    A field of another type than declared is null and named in `unreadable_fields`, which the test
    `every_field_is_readable` lets nobody publish. So is a field on the way to one (`parent` in `parent.type`)
    that is no object.
#}
{% macro parse_json(relation, fields, keep=[], column='object') -%}
    {{ return(adapter.dispatch('parse_json')(relation, fields, keep, column)) }}
{%- endmacro %}

{% macro duckdb__parse_json(relation, fields, keep, column) -%}
    {%- set paths = declared_paths(fields) + declared_containers(fields) -%}
    {%- set places = {} -%}
    {%- for path in paths -%}
        {%- set value = 'values_read[' ~ loop.index ~ ']' -%}
        {%- do places.update({path: {
            'value': value, 'kind': 'kinds_read[' ~ loop.index ~ ']', 'present': value ~ ' is not null',
        }}) -%}
    {%- endfor -%}
    {%- set quoted = "'$." ~ paths | join("', '$.") ~ "'" -%}
    select
        {%- for name in keep %}
        typed.{{ name }},
        {%- endfor %}
        {%- for field in fields %}
        typed.{{ field[0] }},
        {%- endfor %}
        {{ complaints(fields, places, 'typed.is_object') }} as unreadable_fields
    from (
        select
            extracted.*,
            {{ typed_columns(fields, places) }}
        from (
            select
                {%- for name in keep %}
                {{ name }},
                {%- endfor %}
                json_extract_string({{ column }}, [{{ quoted }}]) as values_read,
                json_type({{ column }}, [{{ quoted }}]) as kinds_read,
                {{ column }} like '{{ '{%' }}' as is_object
            from {{ relation }}
        ) as extracted
    ) as typed
{%- endmacro %}

{# Each object on the way to a field is taken apart once, too; `offset 0` keeps the engine from typing a field twice. #}
{% macro postgres__parse_json(relation, fields, keep, column) -%}
    {%- set containers = declared_containers(fields, all=true) -%}
    {%- set places, members = {}, {} -%}
    {%- for path in declared_paths(fields) + containers if path not in places -%}
        {%- set parts = path.split('.') -%}
        {%- set container = parts[:-1] | join('.') -%}
        {%- do members.update({container: members.get(container, []) + [parts[-1]]}) -%}
        {%- set member = 'in_' ~ container | replace('.', '_') ~ '."' ~ parts[-1] ~ '"' -%}
        {%- do places.update({path: {
            'member': member, 'value': '(' ~ member ~ " #>> '{}')", 'kind': 'cast(' ~ member ~ ' as text)',
            'present': member ~ ' is not null',
        }}) -%}
    {%- endfor -%}
    {%- set is_object = 'parsed.' ~ column ~ " like '{" ~ "%'" -%}
    select
        {%- for name in keep %}
        parsed.{{ name }},
        {%- endfor %}
        typed.*,
        {{ complaints(fields, places, is_object) }} as unreadable_fields
    from {{ relation }} as parsed
    {%- for container in [''] + containers %}
    cross join lateral json_to_record(
        {%- if container == '' %}
        case when {{ is_object }} then cast(parsed.{{ column }} as json) else '{}' end
        {%- else %}
        case when json_typeof({{ places[container].member }}) = 'object' then {{ places[container].member }} else '{}' end
        {%- endif %}
    ) as in_{{ container | replace('.', '_') }} (
        {%- for member in members[container] %}
        "{{ member }}" json{{ ',' if not loop.last }}
        {%- endfor %}
    )
    {%- endfor %}
    cross join lateral (
        select
            {{ typed_columns(fields, places) }}
        offset 0
    ) as typed
{%- endmacro %}

{# The declared columns; `places` tells of each path where its value and its kind are. #}
{% macro typed_columns(fields, places) -%}
    {%- set types = json_types() -%}
    {%- for field in fields -%}
        {%- set type = field[2] if field | length > 2 else 'text' -%}
        {%- set place = field_place(field, places) -%}
        {%- set typed = types[type].typed -%}
        {%- if field | length > 3 -%}
            {%- set typed = 'case when ' ~ elements_are_readable(types, field[3]) ~ ' then ' ~ typed ~ ' end' -%}
        {%- endif -%}
        {%- set typed = 'case when ' ~ types[type].readable ~ ' then ' ~ typed ~ ' end' -%}
        {#- The places of a decimal are lost in a `case`. -#}
        {%- set typed = 'cast(' ~ typed ~ ' as numeric(38, 12))' if type == 'decimal' else typed -%}
        {{ typed | replace('VALUE', place.value) | replace('KIND', place.kind) }} as {{ field[0] }}
        {{- ',\n            ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# What the first unreadable field of a row is and should be, null if there is none: it is there, and typed it is not. #}
{% macro complaints(fields, places, is_object) -%}
    {%- set types, words = json_types(), types_in_words() -%}
    case
        when not {{ is_object }} then 'it is not an object'
        {%- for field in fields %}
        {%- set place = field_place(field, places) %}
        {%- set wanted = words[field[2] if field | length > 2 else 'text'] %}
        when ({{ place.present }}) and typed.{{ field[0] }} is null
            then concat('{{ place.name }} is ', {{ types.found | replace('KIND', place.kind) }}, ', not {{ wanted }}
            {{- ' of objects with the known types of ' ~ field[3] | join(', ') if field | length > 3 }}')
        {%- endfor %}
        {%- for path in declared_containers(fields) %}
        when {{ places[path].present }} and not {{ types.object.readable | replace('KIND', places[path].kind) }}
            then concat('{{ path }} is ', {{ types.found | replace('KIND', places[path].kind) }}, ', not an object')
        {%- endfor %}
    end
{%- endmacro %}

{# Where a field is: of several places the first that has a value. #}
{% macro field_place(field, places) -%}
    {%- if field[1] is string -%} {{ return(dict(places[field[1]], name=field[1])) }} {%- endif -%}
    {%- set values, kinds, present = [], [], [] -%}
    {%- for path in field[1] -%}
        {%- do values.append(places[path].value) -%}
        {%- do kinds.append("nullif(" ~ places[path].kind ~ ", 'NULL')") -%}
        {%- do present.append(places[path].present) -%}
    {%- endfor -%}
    {{ return({
        'name': field[1] | join(' or '),
        'value': 'coalesce(' ~ values | join(', ') ~ ')',
        'kind': 'coalesce(' ~ kinds | join(', ') ~ ')',
        'present': present | join(' or '),
    }) }}
{%- endmacro %}

{# -- what is declared ------------------------------------------------------------------------------------- #}

{% macro declared_paths(fields) -%}
    {%- set paths = [] -%}
    {%- for field in fields -%}
        {%- for path in ([field[1]] if field[1] is string else field[1]) if path not in paths -%}
            {%- do paths.append(path) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(paths) }}
{%- endmacro %}

{# What has to be an object for a path to lead on; without `all` but for fields that are declared, which answer for themselves. #}
{% macro declared_containers(fields, all=false) -%}
    {%- set paths = declared_paths(fields) -%}
    {%- set containers = [] -%}
    {%- for path in paths -%}
        {%- set parts = path.split('.') -%}
        {%- for length in range(1, parts | length) -%}
            {%- set container = parts[:length] | join('.') -%}
            {%- if container not in containers and (all or container not in paths) -%}
                {%- do containers.append(container) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(containers) }}
{%- endmacro %}

{#
    The columns of a parsed relation that are worth staging: all but those named `old_…`, which hold what a newer
    API version keeps in another form, and end in the columns made from both.
#}
{% macro staged_columns(fields, keep) -%}
    {%- set names = [] -%}
    {%- for field in fields if not field[0].startswith('old_') -%}
        {%- do names.append(field[0]) -%}
    {%- endfor -%}
    {{ return((names + keep + ['unreadable_fields']) | join(',\n        ')) }}
{%- endmacro %}
