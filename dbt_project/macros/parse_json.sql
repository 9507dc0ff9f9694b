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
        {%- do places.update({path: {
            'value': 'extracted.values_read[' ~ loop.index ~ ']',
            'kind': 'extracted.kinds_read[' ~ loop.index ~ ']',
        }}) -%}
    {%- endfor -%}
    {%- set quoted = "'$." ~ paths | join("', '$.") ~ "'" -%}
    select
        {%- for name in keep %}
        extracted.{{ name }},
        {%- endfor %}
        {{ typed_columns(fields, places) }}
    from (
        select
            {%- for name in keep %}
            {{ name }},
            {%- endfor %}
            json_extract_string({{ column }}, [{{ quoted }}]) as values_read,
            json_type({{ column }}, [{{ quoted }}]) as kinds_read
        from {{ relation }}
    ) as extracted
{%- endmacro %}

{% macro postgres__parse_json(relation, fields, keep, column) -%}
    {%- set places = {} -%}
    {%- set heads = [] -%}
    {%- for path in declared_paths(fields) + declared_containers(fields) -%}
        {%- set parts = path.split('.') -%}
        {%- do heads.append(parts[0]) if parts[0] not in heads -%}
        {%- set head = 'record_read."' ~ parts[0] ~ '"' -%}
        {%- set inner = '\'{' ~ parts[1:] | join(',') ~ '}\'' -%}
        {%- do places.update({path: {
            'value': '(' ~ head ~ ' #>> ' ~ inner ~ ')',
            'kind': 'json_typeof(' ~ (head if parts | length == 1 else head ~ ' #> ' ~ inner) ~ ')',
        }}) -%}
    {%- endfor -%}
    select
        {%- for name in keep %}
        parsed.{{ name }},
        {%- endfor %}
        {{ typed_columns(fields, places) }}
    from {{ relation }} as parsed
    cross join lateral json_to_record(cast(parsed.{{ column }} as json)) as record_read (
        {%- for head in heads %}
        "{{ head }}" json{{ ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{# The columns that parse_json adds; `places` tells of each path where its value and its kind are. #}
{% macro typed_columns(fields, places) -%}
    {%- set complaints = [] -%}
    {%- for field in fields -%}
        {%- set paths = field_paths(field) -%}
        {%- set type = field[2] if field | length > 2 else 'text' -%}
        {%- set elements = field[3] if field | length > 3 else {} -%}
        {%- set value = field_value(paths, places) -%}
        {%- set kind = field_kind(paths, places) -%}
        {%- set typed = typed_value(value, kind, type, elements) -%}
        {%- do complaints.append(
            'case when ' ~ value ~ ' is not null and (' ~ typed ~ ') is null then concat(\''
            ~ paths | join(' or ') ~ ' is \', ' ~ kind_in_words(kind)
            ~ ', \', not ' ~ type_in_words(type, elements) ~ '\') end'
        ) -%}
        {{ typed }} as {{ field[0] }},
        {% endfor -%}
    {%- for path in declared_containers(fields) -%}
        {%- do complaints.append(
            'case when ' ~ places[path].value ~ ' is not null and not ' ~ is_kind(places[path].kind, 'object')
            ~ ' then concat(\'' ~ path ~ ' is \', ' ~ kind_in_words(places[path].kind) ~ ', \', not an object\') end'
        ) -%}
    {%- endfor -%}
    nullif(concat_ws('; ', {{ complaints | join(', ') }}), '') as unreadable_fields
{%- endmacro %}

{# -- what is declared ------------------------------------------------------------------------------------- #}

{% macro field_paths(field) -%}
    {{ return([field[1]] if field[1] is string else field[1]) }}
{%- endmacro %}

{% macro declared_paths(fields) -%}
    {%- set paths = [] -%}
    {%- for field in fields -%}
        {%- for path in field_paths(field) if path not in paths -%}
            {%- do paths.append(path) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(paths) }}
{%- endmacro %}

{# What has to be an object for a path to lead on; a field that is itself declared answers for itself. #}
{% macro declared_containers(fields) -%}
    {%- set paths = declared_paths(fields) -%}
    {%- set containers = [] -%}
    {%- for path in paths -%}
        {%- set parts = path.split('.') -%}
        {%- for length in range(1, parts | length) -%}
            {%- set container = parts[:length] | join('.') -%}
            {%- do containers.append(container) if container not in paths + containers -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(containers) }}
{%- endmacro %}

{# Of several places the first that is not null. #}
{% macro field_value(paths, places) -%}
    {%- set values = [] -%}
    {%- for path in paths -%} {%- do values.append(places[path].value) -%} {%- endfor -%}
    {{ return(values[0] if values | length == 1 else 'coalesce(' ~ values | join(', ') ~ ')') }}
{%- endmacro %}

{% macro field_kind(paths, places) -%}
    {%- if paths | length == 1 -%} {{ return(places[paths[0]].kind) }} {%- endif -%}
    {%- set cases = [] -%}
    {%- for path in paths -%}
        {%- do cases.append('when ' ~ places[path].value ~ ' is not null then ' ~ places[path].kind) -%}
    {%- endfor -%}
    {{ return('case ' ~ cases | join(' ') ~ ' end') }}
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
