{#
    Every field that is read has the type it is declared with: parse_json leaves others null and names them.
    object: what a row is, as Stripe calls it. key: the column with its id. of: the column with the id of what holds it.
#}
{% test every_field_is_readable(model, object, key, of=none) %}
select
    {{ key }},
    concat(
        '{{ object }} ', coalesce({{ key }}, '(without an id)'),
        {%- if of %} ' of ', {{ of }},{% endif %}
        ': ', unreadable_fields, ': Stripe changed what this release can read, update Tillhouse'
    ) as message
from {{ model }}
where unreadable_fields is not null
{% endtest %}
