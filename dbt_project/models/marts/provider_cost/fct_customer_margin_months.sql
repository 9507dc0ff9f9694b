{{ sliced('customer_key') }}

with

summed as (
    select
        customer_key,
        month,
        {{ margin_sums() }}
    from {{ ref('int_margin_months') }}
    group by customer_key, month
),

final as (
    select
        summed.customer_key,
        summed.month,
        summed.recognised_revenue_usd,
        summed.net_cash_usd,
        summed.stripe_fees_usd,
        summed.dispute_loss_usd,
        summed.provider_cost_usd,
        summed.gross_margin_usd,
        {{ margin_ratio('summed.gross_margin_usd', 'summed.recognised_revenue_usd') }} as gross_margin_pct,
        {{ add_months('summed.month', 1) }} <= {{ add_days('run_context.last_day', 1) }} as is_final
    from summed
    cross join {{ ref('stg_tillhouse__run_context') }} as run_context
)

select * from final
