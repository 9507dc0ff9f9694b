-- What the checks say is known only when all else is built; how many there are is known before.
-- How far a source is known is what the pull says: a table to which nothing new came is not late for that.
{% set stripe_tables = [
    'balance_transactions', 'charges', 'checkout_sessions', 'coupons', 'credit_notes', 'customers', 'disputes',
    'events', 'invoice_items', 'invoice_payments', 'invoices', 'payment_intents', 'payout_transactions', 'payouts',
    'prices', 'products', 'promotion_codes', 'refunds', 'subscription_schedules', 'subscriptions',
] -%}
{% set app_tables = [
    ('users', 'user', 'user_id'), ('videos', 'video', 'video_id'), ('api_usage_logs', 'api_usage_log', 'usage_log_id'),
    ('credit_transactions', 'credit_transaction', 'credit_transaction_id'),
    ('system_alerts', 'system_alert', 'alert_id'), ('notifications', 'notification', 'notification_id'),
] -%}
{% set marts = [
    'agg_active_users_daily', 'agg_cash_daily', 'agg_closed_months', 'agg_cohort_retention_monthly',
    'agg_credit_liability_daily', 'agg_data_quality', 'agg_kpis_daily', 'agg_margin_monthly', 'agg_mrr_monthly',
    'agg_provider_daily', 'agg_retention_monthly', 'agg_revenue_monthly', 'agg_unit_economics_monthly',
    'agg_usage_daily', 'dim_currencies', 'dim_customers', 'dim_dates', 'dim_metrics', 'dim_object_slices',
    'dim_plans', 'dim_provider_rates', 'dim_stripe_customers', 'dim_users', 'dq_unknown_values', 'drill_metric_objects',
    'fct_alerts', 'fct_balance_transactions', 'fct_churn_events', 'fct_credit_allocations', 'fct_credit_entries',
    'fct_credit_lots', 'fct_customer_margin_months', 'fct_disputes', 'fct_dunning_cases', 'fct_fee_details',
    'fct_invoice_lines', 'fct_invoices', 'fct_mrr_by_definition', 'fct_mrr_intervals', 'fct_mrr_movements',
    'fct_mrr_scheduled', 'fct_mrr_scheduled_items', 'fct_payments', 'fct_payouts', 'fct_provider_usage', 'fct_refunds',
    'fct_restatements', 'fct_revenue_recognition_days', 'fct_subscription_events', 'fct_trials',
    'fct_user_activity_days', 'fct_videos', 'focus_provider_usage', 'rec_invoices', 'rec_payouts',
    'rec_revenue_recognition', 'rec_stripe_balance',
] -%}

with

final as (
    {% for table in stripe_tables -%}
    {{ landed_and_staged('stripe.' ~ table, 'raw_stripe', table, 'stg_stripe__' ~ table, table[:-1] ~ '_id') }}
    union all
    {% endfor -%}
    {% for name, table, key in app_tables -%}
    {{ landed_and_staged('app.' ~ name, 'raw_app', table, 'stg_app__' ~ name, key) }}
    union all
    {% endfor -%}
    -- A mart is as complete as the least complete of its sources.
    {% for mart in marts -%}
    select
        'marts.{{ mart }}' as source,
        (select min(syncs.synced_through) from {{ source('raw_tillhouse', 'source_syncs') }} as syncs) as synced_through,
        cast(null as timestamptz) as loaded_at,
        {{ number_of_checks() if mart == 'agg_data_quality' else '(select count(*) from ' ~ ref(mart) ~ ')' }} as "rows",
        cast(0 as bigint) as rows_left_out
    {{ 'union all' if not loop.last }}
    {% endfor -%}
)

select * from final
