-- Identity 15, from the other side: a payout whose transactions Stripe has told is their sum, to the cent.
select
    concat(
        'payout ', payout_id, ' of ', amount_minor, ' paid out ', paid_out_minor, ' in ', transactions, ' transactions'
    ) as message
from {{ ref('rec_payouts') }}
where paid_out_minor <> amount_minor
