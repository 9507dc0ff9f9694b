{# The day that stands for "still" inside the models; published tables show null. #}
{% macro open_day() -%} cast('9999-12-31' as date) {%- endmacro %}

{# The same as an instant. #}
{% macro open_instant() -%} cast('9999-12-31 00:00:00+00' as timestamptz) {%- endmacro %}

{# Whether a half-open range [valid_from, valid_to) of days holds a day. #}
{% macro holds_day(range, day) -%} ({{ range }}.valid_from <= {{ day }} and {{ day }} < {{ range }}.valid_to) {%- endmacro %}

{# The text of a field of one member, named by a column, of a JSON object: a price's `currency_options` by currency. #}
{% macro json_member_text(expression, member, field) -%}
    {{ return(adapter.dispatch('json_member_text')(expression, member, field)) }}
{%- endmacro %}

{% macro duckdb__json_member_text(expression, member, field) -%}
    json_extract_string({{ expression }}, '$.' || {{ member }} || '.{{ field }}')
{%- endmacro %}

{% macro postgres__json_member_text(expression, member, field) -%}
    (cast({{ expression }} as json) -> {{ member }} ->> '{{ field }}')
{%- endmacro %}

{# An instant moved by seconds. #}
{% macro shift_seconds(timestamp, seconds) -%}
    ({{ timestamp }} + interval '1 second' * ({{ seconds }}))
{%- endmacro %}
