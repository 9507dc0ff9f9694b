-- Identity 17: refunds never exceed what was taken, and a dispute takes the money at most once and returns it at most once.
select
    concat(
        'charge ', payments.charge_id, ' took ', payments.captured_minor, ' and gave back ', sum(refunds.amount_minor)
    ) as message
from {{ ref('fct_payments') }} as payments
inner join {{ ref('fct_refunds') }} as refunds
    on payments.charge_id = refunds.charge_id
where refunds.status not in ('failed', 'canceled') and not refunds.is_capture_release
group by payments.charge_id, payments.captured_minor
having sum(refunds.amount_minor) > payments.captured_minor
union all
select concat('dispute ', disputes.dispute_id, ' has ', disputes.transactions, ' balance transactions') as message
from {{ ref('fct_disputes') }} as disputes
where disputes.transactions not in (0, 1, 2)
