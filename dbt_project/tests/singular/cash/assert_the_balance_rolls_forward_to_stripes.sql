-- Identity 14: per currency opening + net = closing, closing = the next opening, and Stripe says the same of itself.
with

followed as (
    select
        days.*,
        lag(days.closing_minor) over (partition by days.currency order by days.date) as closing_before_minor,
        lag(days.date) over (partition by days.currency order by days.date) as date_before
    from {{ ref('rec_stripe_balance') }} as days
)

select
    concat(
        'the ', currency, ' balance of ', date, ' does not reconcile: opening ', opening_minor, ' (before ',
        closing_before_minor, ') + net ', net_minor, ' against closing ', closing_minor, ', by Stripe ', stripe_minor
    ) as message
from followed
where
    opening_minor + net_minor <> closing_minor
    or opening_minor <> closing_before_minor
    or {{ add_days('date_before', 1) }} <> date
    or closing_minor <> stripe_minor
