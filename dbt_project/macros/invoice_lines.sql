{#
    Whether a proration gives back what was billed for the old terms. One of a bill that came to nothing has no amount to
    tell by: it names the lines that it credits.
#}
{% macro gives_back(lines) -%}
    ({{ lines }}.amount_minor < 0 or {{ json_text(lines ~ '.proration_details', 'credited_items') }} is not null)
{%- endmacro %}
