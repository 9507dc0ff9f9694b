-- Recognised revenue of everybody, and the margin without internal customers, by day.
with

parts as (
    select
        date,
        recognised_usd - contra_usd as recognised_revenue_usd,
        cast(case when is_internal then 0 else recognised_usd - contra_usd end as numeric(20, 9)) as gross_margin_usd
    from {{ ref('fct_revenue_recognition_days') }}
    union all
    -- A dispute's amount is lost, and every fee, one that Stripe books as a transaction of its own altogether.
    select
        {{ utc_date('created_at') }},
        cast(0 as numeric(20, 6)),
        case when cash_class in ('fee', 'dispute', 'dispute_reversal') then amount_usd else 0 end - fee_usd
    from {{ ref('fct_balance_transactions') }}
    where not is_internal
    union all
    select
        date,
        cast(0 as numeric(20, 6)),
        internal_cost_usd - cost_usd
    from {{ ref('agg_provider_daily') }}
),

final as (
    select
        parts.date,
        {{ total('parts.recognised_revenue_usd') }} as recognised_revenue_usd,
        {{ total('parts.gross_margin_usd', 'numeric(20, 9)') }} as gross_margin_usd
    from parts
    inner join {{ ref('stg_tillhouse__run_context') }} as run_context
        on parts.date <= run_context.last_day
    group by parts.date
)

select * from final
