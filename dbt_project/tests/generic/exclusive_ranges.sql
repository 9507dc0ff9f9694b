{# Half-open ranges [valid_from, valid_to) of one key never overlap and are never empty; null is open. #}
{% test exclusive_ranges(model, key) %}
select
    ranges.{{ key }},
    ranges.valid_from,
    concat('{{ model.identifier }}: a range of ', ranges.{{ key }}, ' from ', ranges.valid_from, ' is empty or overlaps the next') as message
from (
    select
        {{ key }},
        valid_from,
        coalesce(valid_to, {{ open_day() }}) as valid_to,
        lead(valid_from) over (partition by {{ key }} order by valid_from) as next_valid_from
    from {{ model }}
) as ranges
where ranges.valid_to <= ranges.valid_from or ranges.valid_to > ranges.next_valid_from
{% endtest %}
