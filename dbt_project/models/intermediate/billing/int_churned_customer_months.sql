{{ sliced('customer_key') }}

with

customer_months as (
    select * from {{ ref('int_mrr_customer_periods') }}
    where period_type = 'month' and opening_usd > 0 and closing_usd = 0 and not is_held_at_closing
),

causes as (
    select
        churn_causes.*,
        row_number() over (
            partition by churn_causes.customer_key, {{ month_start('churn_causes.churned_on') }}
            order by churn_causes.churned_on desc
        ) as event_recency
    from {{ ref('int_churn_causes') }} as churn_causes
    where churn_causes.cause_position = 1
),

-- Someone who left, came back and left again in one month is judged by the last time.
final as (
    select
        customer_months.period_start as month,
        customer_months.customer_key,
        customer_months.opening_usd,
        causes.churn_type
    from customer_months
    left join causes
        on
            customer_months.customer_key = causes.customer_key
            and customer_months.period_start = {{ month_start('causes.churned_on') }}
            and causes.event_recency = 1
)

select * from final
