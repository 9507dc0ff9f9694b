with

transactions as (
    select
        currency,
        net_minor,
        {{ utc_date('created_at') }} as date
    from {{ ref('fct_balance_transactions') }}
),

read as (
    select * from {{ ref('int_balances_read') }}
),

currencies as (
    select currency from transactions
    union
    select currency from read
),

daily as (
    select
        currencies.currency,
        days.day as date,
        {{ total('transactions.net_minor', 'bigint') }} as net_minor
    from currencies
    cross join {{ ref('int_days_covered') }} as days_covered
    {{ series_of_days('days_covered.first_day', 'days_covered.last_day', 'days') }}
    left join transactions on currencies.currency = transactions.currency and days.day = transactions.date
    group by currencies.currency, days.day
),

summed as (
    select
        daily.*,
        read.stripe_minor,
        sum(daily.net_minor) over (partition by daily.currency order by daily.date) as moved_minor,
        min(case when read.stripe_minor is not null then daily.date end) over (partition by daily.currency)
            as first_read_on
    from daily
    left join read on daily.currency = read.currency and daily.date = read.date
),

-- Of an account that is not read from its beginning, the first reading tells what it held before.
before as (
    select
        summed.currency,
        max(case when summed.date = summed.first_read_on then summed.stripe_minor - summed.moved_minor end) as held_minor
    from summed
    inner join {{ ref('stg_tillhouse__run_context') }} as run_context
        on run_context.account_start_at is not null
    group by summed.currency
),

final as (
    select
        summed.currency,
        summed.date,
        cast(coalesce(before.held_minor, 0) + summed.moved_minor - summed.net_minor as bigint) as opening_minor,
        summed.net_minor,
        cast(coalesce(before.held_minor, 0) + summed.moved_minor as bigint) as closing_minor,
        summed.stripe_minor
    from summed
    left join before on summed.currency = before.currency
)

select * from final
