-- Identity 15: a payout took from the balance what it says, and brought all of it back if it failed.
with

booked as (
    select
        payout_id,
        -sum(case when cash_class = 'payout' then net_minor else 0 end) as sent_minor,
        sum(case when cash_class = 'payout_reversal' then net_minor else 0 end) as returned_minor
    from {{ ref('fct_balance_transactions') }}
    where payout_id is not null
    group by payout_id
)

select
    concat(
        'payout ', payouts.payout_id, ' of ', payouts.amount_minor, ' (', payouts.status, ') took ',
        coalesce(booked.sent_minor, 0), ' from the balance and brought back ', coalesce(booked.returned_minor, 0)
    ) as message
from {{ ref('fct_payouts') }} as payouts
left join booked
    on payouts.payout_id = booked.payout_id
where
    -- A payout that takes back another one is booked with that one.
    payouts.original_payout_id is null
    and (
        payouts.amount_minor <> coalesce(booked.sent_minor, 0)
        or coalesce(booked.returned_minor, 0)
        <> case when payouts.status in ('failed', 'canceled') then payouts.amount_minor else 0 end
    )
