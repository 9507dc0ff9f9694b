-- What Stripe said that an account holds, and the day whose end it can be held against: the last complete one before it.
with

versions as (
    select * from {{ ref('stg_stripe__balance_versions') }}
),

parts as (
    {% for list in ['available', 'pending'] -%}
    select
        versions.account_id,
        versions.observed_at as read_at,
        {{ utc_date('versions.observed_at') }} as read_on,
        lower({{ json_text('part.element', 'currency') }}) as currency,
        cast({{ json_text('part.element', 'amount') }} as bigint) as amount_minor
    from versions
    {{ json_rows('versions.' ~ list, 'part') }}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

-- Of several readings of a day the first says most of the day before it.
ranked as (
    select
        parts.*,
        dense_rank() over (partition by parts.account_id, parts.read_on order by parts.read_at) as reading
    from parts
),

readings as (
    select
        ranked.account_id,
        ranked.read_at,
        ranked.read_on,
        ranked.currency,
        {{ total('ranked.amount_minor', 'bigint') }} as amount_minor
    from ranked
    where ranked.reading = 1
    group by ranked.account_id, ranked.read_at, ranked.read_on, ranked.currency
),

transactions as (
    select account_id, currency, created_at, net_minor, {{ utc_date('created_at') }} as date
    from {{ ref('fct_balance_transactions') }}
),

-- An account holds a currency that ever moved or that Stripe says it holds.
holdings as (
    select account_id, currency from transactions
    union
    select account_id, currency from readings
    where amount_minor <> 0
),

moments as (
    select distinct account_id, read_at, read_on from readings
),

-- A reading tells the end of the day before it once what was booked since is taken off.
checked as (
    select
        holdings.currency,
        {{ add_days('moments.read_on', -1) }} as date,
        coalesce(max(readings.amount_minor), 0) - coalesce(sum(since.net_minor), 0) as closing_minor
    from holdings
    inner join moments on holdings.account_id = moments.account_id
    left join readings
        on
            holdings.account_id = readings.account_id
            and holdings.currency = readings.currency
            and moments.read_at = readings.read_at
    left join transactions as since
        on
            holdings.account_id = since.account_id
            and holdings.currency = since.currency
            and moments.read_on = since.date
            and moments.read_at >= since.created_at
    group by holdings.account_id, holdings.currency, moments.read_on
),

accounts as (
    select currency, count(*) as accounts
    from holdings
    group by currency
),

-- Of several accounts all have to have been read.
final as (
    select
        checked.currency,
        checked.date,
        {{ total('checked.closing_minor', 'bigint') }} as stripe_minor
    from checked
    inner join accounts on checked.currency = accounts.currency
    group by checked.currency, checked.date, accounts.accounts
    having count(*) = accounts.accounts
)

select * from final
