{{ config(severity='warn') }}

-- Money booked before a currency's first rate is converted at that first rate; how much is said aloud.
select
    transactions.currency,
    concat(
        cast(count(*) as text), ' balance transactions in ', transactions.currency,
        ' are older than its first rate of ', cast(min(currencies.first_rate_date) as text),
        ' and use that rate: add earlier ones to fx_rates.csv'
    ) as message
from {{ ref('fct_balance_transactions') }} as transactions
inner join {{ ref('dim_currencies') }} as currencies
    on transactions.currency = currencies.currency
where {{ utc_date('transactions.created_at') }} < currencies.first_rate_date
group by transactions.currency
