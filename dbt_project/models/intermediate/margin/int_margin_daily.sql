-- What margin is made of, internal customers left out, whatever belongs to nobody included: revenue by plan, cash and
-- fees, calls by provider.
with

parts as (
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
    where not revenue.is_internal
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
    where not cash.is_internal
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
    where not usage.is_internal
),

final as (
    select
        parts.date,
        {{ month_start('parts.date') }} as month,
        parts.customer_key,
        parts.plan_key,
        parts.provider,
        {% for column in ['recognised_revenue', 'net_cash', 'stripe_fees', 'dispute_loss'] -%}
        {{ total('parts.' ~ column ~ '_usd') }} as {{ column }}_usd,
        {% endfor -%}
        {{ total('parts.provider_cost_usd', 'numeric(20, 9)') }} as provider_cost_usd,
        {{ total('parts.provider_credits', 'bigint') }} as provider_credits
    from parts
    inner join {{ ref('stg_tillhouse__run_context') }} as run_context
        on parts.date <= run_context.last_day
    group by parts.date, parts.customer_key, parts.plan_key, parts.provider
)

select * from final
