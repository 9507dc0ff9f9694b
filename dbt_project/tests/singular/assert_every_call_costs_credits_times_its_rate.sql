-- Identity 26, second half: one rate a call, and the cost follows from it. The comparison is exact, because
-- credits are whole and a rate has as many places as a cost.
select
    usage.usage_log_id,
    concat(
        'call ', usage.usage_log_id, ' costs ', cast(usage.cost_usd as text), ', not ',
        cast(usage.credits as text), ' credits at ', cast(rates.usd_per_credit as text)
    ) as message
from {{ ref('fct_provider_usage') }} as usage
inner join {{ ref('dim_provider_rates') }} as rates
    on usage.rate_id = rates.rate_id
where
    usage.cost_usd <> case when usage.no_cost_reason is null then usage.credits * rates.usd_per_credit else 0 end
    or usage.provider <> rates.provider
    or usage.occurred_at < rates.valid_from
    or usage.occurred_at >= rates.valid_to
