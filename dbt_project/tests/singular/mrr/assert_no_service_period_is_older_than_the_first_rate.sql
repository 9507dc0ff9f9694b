{{ config(severity='warn') }}
-- Service periods that began before their currency's first rate are converted at it; how many is said aloud.
select
    concat(
        count(*), ' service periods in ', rates.currency, ' began before its first rate of ',
        min(currencies.first_rate_date), ' and use that rate: add earlier ones to fx_rates.csv'
    ) as message
from {{ ref('int_item_rates') }} as rates
inner join {{ ref('dim_currencies') }} as currencies
    on rates.currency = currencies.currency
where rates.rate_date < currencies.first_rate_date
group by rates.currency
