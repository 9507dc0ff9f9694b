{{ sliced(whole='view') }}

-- What a day's recognised revenue and margin are made of, and the outlook of a month's MRR. Revenue leads to what it was
-- earned from; margin to the figures of the day that it is worked out from, each with objects of its own, and to what
-- is left out of it: the part that internal customers have in them. What goes on of MRR leads to its items or, where a
-- schedule will change or end their subscription, to what will be in their place: each of one plan.
{% set signs = {
    'recognised_revenue_usd': 1, 'stripe_fees_usd': -1, 'disputes_usd': -1, 'provider_cost_usd': -1,
} -%}

with

earned as (
    select
        date,
        case
            when method <> 'ratable' then 'credit_lot'
            when stream = 'pack' then 'pack_sale'
            else 'invoice_line'
        end as object_type,
        source_object_id as object_id,
        recognised_usd - contra_usd as amount
    from {{ ref('fct_revenue_recognition_days') }}
),

figures as (
    {% for metric, sign in signs.items() -%}
    select
        date,
        '{{ metric }}' as object_id,
        {{ sign }} * {{ metric }} as amount
    from {{ ref('agg_kpis_daily') }}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

internal as (
    select
        date,
        customer_key,
        contra_usd - recognised_usd as amount
    from {{ ref('fct_revenue_recognition_days') }}
    where is_internal
    union all
    select
        {{ utc_date('created_at') }},
        customer_key,
        fee_usd - case when cash_class in ('fee', 'dispute', 'dispute_reversal') then amount_usd else 0 end
    from {{ ref('fct_balance_transactions') }}
    where is_internal
    union all
    select
        {{ utc_date('occurred_at') }},
        customer_key,
        cost_usd
    from {{ ref('fct_provider_usage') }}
    where is_internal
),

daily as (
    select 'recognised_revenue_usd' as metric, date, object_type, object_id, amount
    from earned
    union all
    select 'gross_margin_usd', date, 'metric', object_id, amount
    from figures
    union all
    select 'gross_margin_usd', date, 'customer', customer_key, sum(amount)
    from internal
    group by date, customer_key
),

final as (
    select
        metric,
        date as period,
        'day' as period_type,
        object_type,
        object_id,
        cast(amount as numeric(20, 9)) as amount
    from daily
    where amount <> 0
    union all
    select 'at_risk_mrr_usd', month, 'month', 'subscription_item', subscription_item_id, cast(mrr_usd as numeric(20, 9))
    from {{ ref('int_mrr_month_items') }}
    where mrr_usd <> 0 and state = 'past_due'
    union all
    select
        'committed_mrr_usd', items.month, 'month', 'subscription_item', items.subscription_item_id,
        cast(items.mrr_usd as numeric(20, 9))
    from {{ ref('int_mrr_month_items') }} as items
    left join {{ ref('fct_mrr_scheduled') }} as schedules
        on items.month = schedules.month and items.subscription_id = schedules.subscription_id
    where items.mrr_usd <> 0 and not items.wants_out and schedules.month is null
    union all
    select 'committed_mrr_usd', month, 'month', 'scheduled_item', scheduled_item_id, cast(mrr_usd as numeric(20, 9))
    from {{ ref('fct_mrr_scheduled_items') }}
    where mrr_usd <> 0
)

select * from final
