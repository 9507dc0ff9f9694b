with

mrr_months as (
    select * from {{ ref('agg_mrr_monthly') }}
),

bases as (
    select
        {% for months in [1, 3, 12] -%}
        {{ total('case when months_back = ' ~ months ~ ' then then_usd end') }} as then_{{ months }}m_usd,
        {{ total('case when months_back = ' ~ months ~ ' then now_usd end') }} as now_{{ months }}m_usd,
        {{ total('case when months_back = ' ~ months ~ ' then kept_usd end') }} as kept_{{ months }}m_usd,
        {% endfor -%}
        month
    from {{ ref('int_retention_bases') }}
    group by month
),

churned as (
    select * from {{ ref('int_churned_customer_months') }}
),

by_type as (
    select
        month,
        {{ total("case when churn_type in ('voluntary', 'to_free') then opening_usd end") }} as voluntary_churn_usd,
        {{ total("case when churn_type in ('involuntary_payment', 'involuntary_dispute') then opening_usd end") }}
            as involuntary_churn_usd,
        {{ total("case when churn_type = 'admin' then opening_usd end") }} as admin_churn_usd
    from churned
    group by month
),

run_context as (
    select *, {{ utc_midnight(add_days('last_day', 1)) }} as known_until from {{ ref('stg_tillhouse__run_context') }}
),

-- Of trials and cases that could still turn out well nothing is said.
trials as (
    select
        {{ month_start(utc_date('started_at')) }} as month,
        count(*) as trials,
        count(case when is_converted then 1 end) as converted,
        max({{ add_hours('ends_at', '24 * ' ~ conversion_days()) }}) as mature_at
    from {{ ref('fct_trials') }}
    where not is_internal
    group by {{ month_start(utc_date('started_at')) }}
),

cases as (
    select
        {{ month_start(utc_date('opened_at')) }} as month,
        count(*) as cases,
        count(case when is_recovered_in_time then 1 end) as recovered
    from {{ ref('fct_dunning_cases') }}
    where not is_internal
    group by {{ month_start(utc_date('opened_at')) }}
),

final as (
    select
        mrr_months.month,
        {{ exact_ratio('mrr_months.customers_churned', 'mrr_months.customers_opening') }} as logo_churn_rate,
        {{ exact_ratio('mrr_months.contraction_usd + mrr_months.churn_usd', 'mrr_months.opening_usd') }}
            as gross_mrr_churn_rate,
        {{ exact_ratio(
            'mrr_months.contraction_usd + mrr_months.churn_usd - mrr_months.expansion_usd'
            ~ ' - mrr_months.reactivation_usd',
            'mrr_months.opening_usd'
        ) }} as net_mrr_churn_rate,
        {% for months in [1, 3, 12] -%}
        {{ exact_ratio('bases.kept_' ~ months ~ 'm_usd', 'bases.then_' ~ months ~ 'm_usd') }} as grr_{{ months }}m,
        {{ exact_ratio('bases.now_' ~ months ~ 'm_usd', 'bases.then_' ~ months ~ 'm_usd') }} as nrr_{{ months }}m,
        {% endfor -%}
        cast(coalesce(by_type.voluntary_churn_usd, 0) as numeric(20, 6)) as voluntary_churn_usd,
        cast(coalesce(by_type.involuntary_churn_usd, 0) as numeric(20, 6)) as involuntary_churn_usd,
        cast(coalesce(by_type.admin_churn_usd, 0) as numeric(20, 6)) as admin_churn_usd,
        cast(case
            when mrr_months.is_final and trials.mature_at <= run_context.known_until
                then {{ exact_ratio('trials.converted', 'trials.trials') }}
        end as numeric(20, 6)) as trial_conversion_rate,
        cast(case
            when {{ add_days(add_months('mrr_months.month', 1), grace_days()) }} <= {{ add_days('run_context.last_day', 1) }}
                then {{ exact_ratio('cases.recovered', 'cases.cases') }}
        end as numeric(20, 6)) as recovery_rate,
        mrr_months.is_final
    from mrr_months
    cross join run_context
    left join bases on mrr_months.month = bases.month
    left join by_type on mrr_months.month = by_type.month
    left join trials on mrr_months.month = trials.month
    left join cases on mrr_months.month = cases.month
)

select * from final
