{{ config(severity='warn') }}
-- Whatever goes by a field takes a value it does not know for none of those it knows: somebody should look at it.
select
    concat(
        "rows", ' of ', source, ' have the unknown ', field, ' ', value, ', for instance ', example_id,
        ': figures that go by it may leave them out'
    ) as message
from {{ ref('dq_unknown_values') }}
