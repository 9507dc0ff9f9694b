{{ sliced(also=objects_of_changed_owners()) }}

-- What happened on a day, by the step below that holds it: what an object is, its id, its day, the metrics.
{% set flows = [
    ('movements', 'customer', 'customer_key', 'period_start', [
        'new_mrr_usd', 'expansion_mrr_usd', 'reactivation_mrr_usd', 'contraction_mrr_usd', 'churn_mrr_usd',
    ]),
    ('transactions', 'balance_transaction', 'balance_transaction_id', 'date', [
        'gross_volume_usd', 'refunds_usd', 'disputes_usd', 'stripe_fees_usd', 'net_volume_usd',
    ]),
    ('active', 'user', 'user_id', 'date', ['dau']),
    ('videos', 'video', 'video_id', 'date', ['videos_completed', 'videos_failed', 'credits_used']),
    ('calls', 'api_usage_log', 'usage_log_id', 'date', ['provider_cost_usd']),
] -%}

with

transactions as (
    select
        balance_transaction_id,
        {{ utc_date('created_at') }} as date,
        case when cash_class = 'sale' then amount_usd end as gross_volume_usd,
        case when cash_class = 'refund' then -amount_usd end as refunds_usd,
        case when cash_class in ('dispute', 'dispute_reversal') then -amount_usd end as disputes_usd,
        fee_usd - case when cash_class = 'fee' then amount_usd else 0 end as stripe_fees_usd,
        case when cash_class in ('sale', 'refund', 'dispute', 'dispute_reversal') then amount_usd end as net_volume_usd
    from {{ ref('fct_balance_transactions') }}
),

videos as (
    select
        video_id,
        {{ utc_date('created_at') }} as date,
        case when status = 'COMPLETED' then 1 end as videos_completed,
        case when status = 'FAILED' then 1 end as videos_failed,
        credits_used
    from {{ ref('fct_videos') }}
),

calls as (
    select usage_log_id, {{ utc_date('occurred_at') }} as date, cost_usd as provider_cost_usd
    from {{ ref('fct_provider_usage') }}
),

active as (
    select user_id, date, 1 as dau
    from {{ ref('fct_user_activity_days') }}
    where not is_internal
),

movements as (
    select
        movements.*,
        {% for movement in ['new', 'expansion', 'reactivation', 'contraction', 'churn'] -%}
        {{ movement }}_usd as {{ movement }}_mrr_usd,
        {% endfor -%}
        12 * closing_usd as closing_arr_usd,
        case when opening_usd > 0 then 1 end as customers_opening,
        case when new_usd > 0 then 1 end as customers_new,
        case when reactivation_usd > 0 then 1 end as customers_reactivated,
        case when resumed_usd > 0 and opening_usd = 0 then 1 end as customers_resumed,
        case when churn_usd > 0 then 1 end as customers_churned,
        case when paused_usd > 0 and closing_usd = 0 then 1 end as customers_paused,
        case when closing_usd > 0 then 1 end as customers_closing
    from {{ ref('fct_mrr_movements') }} as movements
),

objects as (
    select metric, date as period, 'day' as period_type, object_type, object_id, amount
    from {{ ref('int_metric_states') }}
    union all
    select metric, period, period_type, object_type, object_id, amount
    from {{ ref('int_revenue_objects') }}
    {% for step, object_type, key, day, metrics in flows -%}
    {% for metric in metrics -%}
    union all
    select '{{ metric }}', {{ day }}, 'day', '{{ object_type }}', {{ key }}, cast({{ metric }} as numeric(20, 9))
    from {{ step }}
    where {{ metric }} <> 0{{ " and period_type = 'day'" if step == 'movements' }}
    {% endfor -%}
    {% endfor -%}
    {% for metric in drilled_figures('agg_mrr_monthly', 'customer') -%}
    union all
    select '{{ metric }}', period_start, 'month', 'customer', customer_key, cast({{ metric }} as numeric(20, 9))
    from movements
    where {{ metric }} <> 0 and period_type = 'month'
    {% endfor -%}
),

final as (
    select
        objects.metric, objects.period, 'total' as slice, objects.object_type, objects.object_id, objects.amount,
        objects.period_type
    from objects
    cross join {{ ref('stg_tillhouse__run_context') }} as run_context
    where objects.period <= run_context.last_day
)

select * from final
