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

final as (
    select
        month,
        opening_usd,
        new_usd,
        expansion_usd,
        reactivation_usd,
        resumed_usd,
        contraction_usd,
        churn_usd,
        paused_usd,
        fx_usd,
        closing_usd,
        customers_opening,
        customers_new,
        customers_reactivated,
        customers_resumed,
        customers_churned,
        customers_paused,
        customers_closing,
        cast(12 * closing_usd as numeric(20, 6)) as arr_usd,
        {{ exact_ratio('closing_usd', 'customers_closing') }} as arpa_usd,
        {{ exact_ratio('new_usd + expansion_usd + reactivation_usd', 'contraction_usd + churn_usd') }} as quick_ratio,
        {{ add_months('month', 1) }} <= {{ add_days('last_day', 1) }} as is_final
    from summed
)

select * from final
