{# The sums of what margin is made of, and margin itself: revenue less fees, lost disputes and what providers cost. #}
{% macro margin_sums(prefix='') -%}
    {% for column in ['recognised_revenue', 'net_cash', 'stripe_fees', 'dispute_loss'] -%}
    {{ total(prefix ~ column ~ '_usd') }} as {{ column }}_usd,
    {% endfor -%}
    {{ total(prefix ~ 'provider_cost_usd', 'numeric(20, 9)') }} as provider_cost_usd,
    {{ total(
        prefix ~ 'recognised_revenue_usd - ' ~ prefix ~ 'stripe_fees_usd - ' ~ prefix ~ 'dispute_loss_usd - ' ~ prefix ~ 'provider_cost_usd',
        'numeric(20, 9)'
    ) }} as gross_margin_usd
{%- endmacro %}

{# Margin as a part of revenue; null without revenue. #}
{% macro margin_ratio(margin_usd, revenue_usd) -%}
    cast(case when {{ revenue_usd }} > 0
        then {{ round_ratio(whole(margin_usd ~ ' * 1000000000'), whole(revenue_usd ~ ' * 1000000') ~ ' * 1000', 6) }}
    end as numeric(20, 6))
{%- endmacro %}

{# What margin is made of by month, plan (of revenue) and provider (of calls), of owners as the condition has them. #}
{% macro margin_by_month(owner) -%}
    select
        {{ month_start('parts.date') }} as month,
        parts.customer_key,
        parts.plan_key,
        parts.provider,
        {% for column in ['recognised_revenue', 'net_cash', 'stripe_fees', 'dispute_loss'] -%}
        {{ total('parts.' ~ column ~ '_usd') }} as {{ column }}_usd,
        {% endfor -%}
        {{ total('parts.provider_cost_usd', 'numeric(20, 9)') }} as provider_cost_usd,
        {{ total('parts.provider_credits', 'bigint') }} as provider_credits
    from (
        select
            revenue.date,
            revenue.customer_key,
            revenue.plan_key,
            cast(null as text) as provider,
            revenue.recognised_usd - revenue.contra_usd as recognised_revenue_usd,
            cast(0 as numeric(20, 6)) as net_cash_usd,
            cast(0 as numeric(20, 6)) as stripe_fees_usd,
            cast(0 as numeric(20, 6)) as dispute_loss_usd,
            cast(0 as numeric(20, 9)) as provider_cost_usd,
            cast(0 as bigint) as provider_credits
        from {{ ref('fct_revenue_recognition_days') }} as revenue
        where not revenue.is_internal and revenue.customer_key {{ owner }}
        union all
        -- A fee that Stripe books as a transaction of its own is a fee altogether.
        select
            {{ utc_date('cash.created_at') }},
            cash.customer_key,
            null,
            null,
            0,
            case when cash.cash_class in ('sale', 'refund', 'dispute', 'dispute_reversal', 'fee') then cash.net_usd else 0 end,
            cash.fee_usd - case when cash.cash_class = 'fee' then cash.amount_usd else 0 end,
            case when cash.cash_class in ('dispute', 'dispute_reversal') then -cash.amount_usd else 0 end,
            0,
            0
        from {{ ref('fct_balance_transactions') }} as cash
        where not cash.is_internal and cash.customer_key {{ owner }}
        union all
        select
            {{ utc_date('usage.occurred_at') }},
            usage.customer_key,
            null,
            usage.provider,
            0,
            0,
            0,
            0,
            usage.cost_usd,
            usage.credits
        from {{ ref('fct_provider_usage') }} as usage
        where not usage.is_internal and usage.customer_key {{ owner }}
    ) as parts
    inner join {{ ref('stg_tillhouse__run_context') }} as run_context
        on parts.date <= run_context.last_day
    group by {{ month_start('parts.date') }}, parts.customer_key, parts.plan_key, parts.provider
{%- endmacro %}
