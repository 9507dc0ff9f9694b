{{ config(severity='warn') }}
-- Identity 13: each transaction has one class, and `other`, a category Stripe does not document, is empty. If it is not,
-- an alert says so: a new word of Stripe's must not keep every other figure from being published.
select
    reporting_category,
    concat(
        cast(count(*) as text), ' balance transactions have the unknown reporting category ',
        coalesce(reporting_category, '(none)'), ', for instance ', min(balance_transaction_id),
        ': it needs a class before figures can be trusted'
    ) as message
from {{ ref('fct_balance_transactions') }}
where cash_class is null or cash_class = 'other'
group by reporting_category
