-- What is converted must have a rate and an exponent: Stripe's balances and everything sold.
with

used as (
    select currency
    from {{ ref('stg_stripe__balance_transactions') }}
    union
    select currency
    from {{ ref('stg_stripe__subscription_items') }}
    union
    select currency
    from {{ ref('stg_stripe__invoice_lines') }}
    union
    select currency
    from {{ ref('stg_stripe__checkout_sessions') }}
    where payment_intent_id is not null
)

select
    used.currency,
    case
        when currencies.currency is null
            then concat('currency ', used.currency, ' is unknown: add its exponent to currencies.csv')
        else concat('no exchange rate for currency ', used.currency, ': add it to fx_rates.csv')
    end as message
from used
left join {{ ref('dim_currencies') }} as currencies
    on used.currency = currencies.currency
where used.currency is not null and currencies.first_rate_date is null
