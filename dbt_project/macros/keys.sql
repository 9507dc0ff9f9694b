{# One text key out of several columns, the same on every engine. #}
{% macro surrogate_hash(columns) -%}
    md5(concat_ws('|'{% for column in columns %}, coalesce(cast({{ column }} as text), '~'){% endfor %}))
{%- endmacro %}
