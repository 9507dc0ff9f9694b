-- Identity 11: cases opened = recovered + lost + voided + pending, and a failed charge of an invoice has its case.
select
    concat(
        cast(count(*) as text), ' dunning cases opened in ', {{ month_start(utc_date('opened_at')) }},
        ' are not the recovered, lost, voided and pending ones'
    ) as message
from {{ ref('fct_dunning_cases') }}
group by {{ month_start(utc_date('opened_at')) }}
having
    count(*) <> count(distinct case when outcome in ('recovered', 'lost', 'voided', 'pending') then invoice_id end)
    or count(*) <> count(case when outcome = 'pending' then 1 when closed_at >= opened_at then 1 end)
union all
select concat('invoice ', payments.invoice_id, ' has failed charge ', payments.charge_id, ' and no dunning case') as message
from {{ ref('fct_payments') }} as payments
left join {{ ref('fct_dunning_cases') }} as cases
    on payments.invoice_id = cases.invoice_id
where payments.status = 'failed' and payments.invoice_id is not null and cases.invoice_id is null
