with

days_covered as (
    select
        days_covered.last_day,
        least(days_covered.first_day, (select min(date) from {{ ref('fct_revenue_recognition_days') }})) as first_day
    from {{ ref('int_days_covered') }} as days_covered
),

billed as (
    select {{ month_start('billed_on') }} as month, sum(net_usd) as usd
    from {{ ref('int_recognition_sources') }}
    group by {{ month_start('billed_on') }}
),

recognised as (
    select
        {{ month_start('date') }} as month,
        sum(recognised_usd) as usd,
        {% for stream in ['subscription', 'pack', 'other'] -%}
        sum(case when stream = '{{ stream }}' then recognised_usd end) as {{ stream }}_usd,
        {% endfor -%}
        sum(contra_usd) as contra_usd
    from {{ ref('fct_revenue_recognition_days') }}
    group by {{ month_start('date') }}
),

cleared as (
    select {{ month_start('state_from') }} as month, sum(usd) as usd
    from (
        select
            state_from, cleared_usd - lag(cleared_usd) over (partition by source_object_id order by state_from) as usd
        from {{ ref('int_recognition_states') }}
    ) as changes
    where usd <> 0
    group by {{ month_start('state_from') }}
),

cash as (
    select
        {{ month_start('date') }} as month, sum(refunds_usd) as refunds_usd, sum(disputes_usd) as disputes_usd,
        sum(stripe_fees_usd) as stripe_fees_usd
    from {{ ref('int_cash_volumes_daily') }}
    group by {{ month_start('date') }}
),

-- Moving money between the balance and a bank, or another account, is no cash gained or lost.
net_cash as (
    select {{ month_start(utc_date('transactions.created_at')) }} as month, sum(transactions.net_usd) as usd
    from {{ ref('fct_balance_transactions') }} as transactions
    inner join {{ ref('stg_tillhouse__run_context') }} as run_context
        on {{ utc_date('transactions.created_at') }} <= run_context.last_day
    where
        transactions.cash_class not in ('payout', 'payout_reversal')
        and transactions.reporting_category not in ('transfer', 'transfer_reversal', 'topup', 'topup_reversal')
    group by {{ month_start(utc_date('transactions.created_at')) }}
),

months as (
    select
        months.month,
        {{ add_months('months.month', 1) }} <= {{ add_days('days_covered.last_day', 1) }} as is_final,
        coalesce(billed.usd, 0) as billed_usd,
        coalesce(recognised.usd, 0) as recognised_usd,
        {% for stream in ['subscription', 'pack', 'other'] -%}
        coalesce(recognised.{{ stream }}_usd, 0) as recognised_{{ stream }}_usd,
        {% endfor -%}
        coalesce(recognised.contra_usd, 0) as contra_usd,
        coalesce(cleared.usd, 0) as deferred_cleared_usd,
        coalesce(cash.refunds_usd, 0) as refunds_usd,
        coalesce(cash.disputes_usd, 0) as disputes_usd,
        coalesce(cash.stripe_fees_usd, 0) as stripe_fees_usd,
        coalesce(net_cash.usd, 0) as net_cash_usd,
        coalesce(billed.usd, 0) - coalesce(recognised.usd, 0) - coalesce(cleared.usd, 0) as deferred_change_usd
    from days_covered
    {{ series_of_months(month_start('days_covered.first_day'), month_start('days_covered.last_day'), 'months') }}
    left join billed on months.month = billed.month
    left join recognised on months.month = recognised.month
    left join cleared on months.month = cleared.month
    left join cash on months.month = cash.month
    left join net_cash on months.month = net_cash.month
),

final as (
    select
        month,
        {% for column in [
            'billed', 'recognised', 'recognised_subscription', 'recognised_pack', 'recognised_other', 'contra',
            'deferred_cleared', 'refunds', 'disputes', 'stripe_fees', 'net_cash',
        ] -%}
        cast({{ column }}_usd as numeric(20, 6)) as {{ column }}_usd,
        {% endfor -%}
        cast(recognised_usd - contra_usd as numeric(20, 6)) as recognised_revenue_usd,
        cast(sum(deferred_change_usd) over (order by month) - deferred_change_usd as numeric(20, 6)) as deferred_opening_usd,
        cast(sum(deferred_change_usd) over (order by month) as numeric(20, 6)) as deferred_closing_usd,
        is_final
    from months
)

select * from final
