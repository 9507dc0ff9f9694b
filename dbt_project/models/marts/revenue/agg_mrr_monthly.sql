{{ config(pre_hook={'sql': '{{ keep_what_was() }}', 'transaction': false}) }}

with

movements as (
    select * from {{ ref('fct_mrr_movements') }}
    where period_type = 'month'
),

days_covered as (
    select * from {{ ref('int_days_covered') }}
),

months as (
    select
        months.month,
        days_covered.last_day
    from days_covered
    {{ series_of_months(month_start('days_covered.first_day'), month_start('days_covered.last_day'), 'months') }}
),

summed as (
    select
        months.month,
        months.last_day,
        {% for amount in [
            'opening', 'new', 'expansion', 'reactivation', 'resumed', 'contraction', 'churn', 'paused', 'fx', 'closing',
        ] -%}
        {{ total('movements.' ~ amount ~ '_usd') }} as {{ amount }}_usd,
        {% endfor -%}
        count(case when movements.opening_usd > 0 then 1 end) as customers_opening,
        count(case when movements.new_usd > 0 then 1 end) as customers_new,
        count(case when movements.reactivation_usd > 0 then 1 end) as customers_reactivated,
        -- A second subscription that pauses or resumes moves money, not the customer.
        count(case when movements.resumed_usd > 0 and movements.opening_usd = 0 then 1 end) as customers_resumed,
        count(case when movements.churn_usd > 0 then 1 end) as customers_churned,
        count(case when movements.paused_usd > 0 and movements.closing_usd = 0 then 1 end) as customers_paused,
        count(case when movements.closing_usd > 0 then 1 end) as customers_closing
    from months
    left join movements on months.month = movements.period_start
    group by months.month, months.last_day
),

-- What is not yet lost, and what may be: subscriptions whose end was asked for by the month's end, and those past due.
outlook as (
    select
        month,
        sum(case when not wants_out then mrr_usd end) as kept_mrr_usd,
        sum(case when state = 'past_due' then mrr_usd end) as at_risk_mrr_usd
    from {{ ref('int_mrr_month_items') }}
    group by month
),

-- What is agreed for later: plans that change, subscriptions that start or end.
agreed as (
    select
        month,
        sum(change_usd) as change_usd
    from {{ ref('fct_mrr_scheduled') }}
    group by month
),

final as (
    select
        summed.month,
        summed.opening_usd,
        summed.new_usd,
        summed.expansion_usd,
        summed.reactivation_usd,
        summed.resumed_usd,
        summed.contraction_usd,
        summed.churn_usd,
        summed.paused_usd,
        summed.fx_usd,
        summed.closing_usd,
        summed.customers_opening,
        summed.customers_new,
        summed.customers_reactivated,
        summed.customers_resumed,
        summed.customers_churned,
        summed.customers_paused,
        summed.customers_closing,
        cast(12 * summed.closing_usd as numeric(20, 6)) as arr_usd,
        {{ exact_ratio('summed.closing_usd', 'summed.customers_closing') }} as arpa_usd,
        {{ exact_ratio(
            'summed.new_usd + summed.expansion_usd + summed.reactivation_usd', 'summed.contraction_usd + summed.churn_usd'
        ) }} as quick_ratio,
        cast(coalesce(outlook.kept_mrr_usd, 0) + coalesce(agreed.change_usd, 0) as numeric(20, 6)) as committed_mrr_usd,
        cast(coalesce(outlook.at_risk_mrr_usd, 0) as numeric(20, 6)) as at_risk_mrr_usd,
        {{ add_months('summed.month', 1) }} <= {{ add_days('summed.last_day', 1) }} as is_final
    from summed
    left join outlook on summed.month = outlook.month
    left join agreed on summed.month = agreed.month
)

select * from final
