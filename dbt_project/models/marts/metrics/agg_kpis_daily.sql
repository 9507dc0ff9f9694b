with

days as (
    select days.day as date
    from {{ ref('int_days_covered') }} as days_covered
    {{ series_of_days('days_covered.first_day', 'days_covered.last_day', 'days') }}
),

videos as (
    select
        date,
        {{ total('videos_completed', 'bigint') }} as videos_completed,
        {{ total('videos_failed', 'bigint') }} as videos_failed,
        {{ total('credits_used', 'bigint') }} as credits_used
    from {{ ref('agg_usage_daily') }}
    group by date
),

costs as (
    select
        date,
        {{ total('cost_usd', 'numeric(20, 9)') }} as provider_cost_usd
    from {{ ref('agg_provider_daily') }}
    group by date
),

-- The last known count holds until the next alert is raised or resolved.
alerts as (
    select
        date,
        lead(date) over (order by date) as next_date,
        open_alerts
    from {{ ref('int_alerts_open_daily') }}
),

joined as (
    select
        days.date,
        cast(sum(coalesce(movements.mrr_change_usd, 0)) over (order by days.date) as numeric(20, 6)) as mrr_usd,
        cast(sum(coalesce(movements.customers_change, 0)) over (order by days.date) as bigint) as paying_customers,
        {% for column in ['new', 'expansion', 'reactivation', 'contraction', 'churn'] -%}
        cast(coalesce(movements.{{ column }}_mrr_usd, 0) as numeric(20, 6)) as {{ column }}_mrr_usd,
        {% endfor -%}
        {% for column in ['gross_volume', 'refunds', 'disputes', 'stripe_fees'] -%}
        cast(coalesce(cash.{{ column }}_usd, 0) as numeric(20, 6)) as {{ column }}_usd,
        {% endfor -%}
        users.dau,
        users.wau,
        users.mau,
        coalesce(videos.videos_completed, 0) as videos_completed,
        coalesce(videos.videos_failed, 0) as videos_failed,
        coalesce(videos.credits_used, 0) as credits_used,
        cast(coalesce(costs.provider_cost_usd, 0) as numeric(20, 9)) as provider_cost_usd,
        cast(coalesce(revenue.recognised_revenue_usd, 0) as numeric(20, 6)) as recognised_revenue_usd,
        cast(coalesce(revenue.gross_margin_usd, 0) as numeric(20, 9)) as gross_margin_usd,
        coalesce(alerts.open_alerts, 0) as open_alerts
    from days
    left join {{ ref('int_mrr_changes_daily') }} as movements on days.date = movements.date
    left join {{ ref('int_cash_volumes_daily') }} as cash on days.date = cash.date
    left join videos on days.date = videos.date
    left join costs on days.date = costs.date
    left join {{ ref('int_revenue_and_margin_daily') }} as revenue on days.date = revenue.date
    left join {{ ref('agg_active_users_daily') }} as users on days.date = users.date
    left join alerts on days.date >= alerts.date and (alerts.next_date is null or days.date < alerts.next_date)
),

final as (
    select
        joined.date,
        joined.mrr_usd,
        cast(12 * joined.mrr_usd as numeric(20, 6)) as arr_usd,
        joined.paying_customers,
        joined.new_mrr_usd,
        joined.expansion_mrr_usd,
        joined.reactivation_mrr_usd,
        joined.contraction_mrr_usd,
        joined.churn_mrr_usd,
        joined.gross_volume_usd,
        joined.refunds_usd,
        joined.disputes_usd,
        joined.stripe_fees_usd,
        cast(joined.gross_volume_usd - joined.refunds_usd - joined.disputes_usd as numeric(20, 6)) as net_volume_usd,
        joined.recognised_revenue_usd,
        joined.dau,
        joined.wau,
        joined.mau,
        joined.videos_completed,
        joined.videos_failed,
        joined.credits_used,
        joined.provider_cost_usd,
        joined.gross_margin_usd,
        joined.open_alerts
    from joined
)

select * from final
