{{ sliced('usage_log_id charge_id') }}

-- One call as the FinOps community's open cost specification sees it: a charge for usage, in US dollars. What a provider
-- does not bill is listed at its price and costs nothing.
with

final as (
    select
        usage.usage_log_id as charge_id,
        usage.provider as provider_name,
        usage.provider as service_name,
        'AI and Machine Learning' as service_category,
        'Usage' as charge_category,
        'Usage-Based' as charge_frequency,
        usage.occurred_at as charge_period_start,
        usage.occurred_at as charge_period_end,
        {{ month_start(utc_date('usage.occurred_at')) }} as billing_period_start,
        {{ add_months(month_start(utc_date('usage.occurred_at')), 1) }} as billing_period_end,
        usage.credits as consumed_quantity,
        'credits' as consumed_unit,
        usage.credits as pricing_quantity,
        'credits' as pricing_unit,
        usage.provider as sku_id,
        usage.rate_id as sku_price_id,
        rates.usd_per_credit as list_unit_price,
        rates.usd_per_credit as contracted_unit_price,
        {{ round_half_even('usage.credits * rates.usd_per_credit', 9) }} as list_cost,
        {{ round_half_even('usage.credits * rates.usd_per_credit', 9) }} as contracted_cost,
        usage.cost_usd as billed_cost,
        usage.cost_usd as effective_cost,
        'USD' as billing_currency,
        usage.video_id as resource_id,
        usage.customer_key as sub_account_id,
        usage.no_cost_reason as charge_description
    from {{ ref('fct_provider_usage') }} as usage
    left join {{ ref('dim_provider_rates') }} as rates
        on usage.rate_id = rates.rate_id
)

select * from final
