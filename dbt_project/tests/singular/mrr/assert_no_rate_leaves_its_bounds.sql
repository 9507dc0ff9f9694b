-- Identity 8: 0 <= GRR <= min(1, NRR) and 0 <= logo churn <= 1.
select concat('a retention rate of ', month, ' is out of bounds') as message
from {{ ref('agg_retention_monthly') }}
where
    not (logo_churn_rate between 0 and 1)
    or not (grr_1m between 0 and least(1, nrr_1m))
    or not (grr_3m between 0 and least(1, nrr_3m))
    or not (grr_12m between 0 and least(1, nrr_12m))
