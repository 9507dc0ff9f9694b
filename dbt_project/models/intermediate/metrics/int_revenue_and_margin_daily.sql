-- Recognised revenue of everybody, and the margin without internal customers, by day.
with

parts as (
    select
        date,
        recognised_usd - contra_usd as recognised_revenue_usd,
        cast(0 as numeric(20, 9)) as gross_margin_usd
    from {{ ref('fct_revenue_recognition_days') }}
    union all
    select
        date,
        cast(0 as numeric(20, 6)),
        recognised_revenue_usd - stripe_fees_usd - dispute_loss_usd - provider_cost_usd
    from {{ ref('int_margin_daily') }}
),

final as (
    select
        date,
        {{ total('recognised_revenue_usd') }} as recognised_revenue_usd,
        {{ total('gross_margin_usd', 'numeric(20, 9)') }} as gross_margin_usd
    from parts
    group by date
)

select * from final
