{# Each combination of the columns occurs once and none of them is null; one query instead of one a property. #}
{% test primary_key(model, columns) %}
select
    {{ columns | join(', ') }},
    count(*) as occurrences,
    concat('{{ model.identifier }} has a missing or repeated key: ', concat_ws(', '{% for column in columns %}, coalesce(cast({{ column }} as text), 'null'){% endfor %})) as message
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1 {% for column in columns %} or {{ column }} is null{% endfor %}
{% endtest %}
