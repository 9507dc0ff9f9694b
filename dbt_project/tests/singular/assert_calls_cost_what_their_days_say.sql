-- Identity 27, of days: what calls cost until yesterday, of customers, internal ones and nobody, is what the days of
-- providers say.
with

calls as (
    select
        count(*) as calls,
        {{ total('usage.cost_usd', 'numeric(20, 9)') }} as cost_usd,
        {{ total('case when usage.is_internal then usage.cost_usd end', 'numeric(20, 9)') }} as internal_cost_usd
    from {{ ref('fct_provider_usage') }} as usage
    cross join {{ ref('stg_tillhouse__run_context') }} as run_context
    where {{ utc_date('usage.occurred_at') }} <= run_context.last_day
),

days as (
    select
        coalesce(sum(calls), 0) as calls,
        {{ total('cost_usd', 'numeric(20, 9)') }} as cost_usd,
        {{ total('internal_cost_usd', 'numeric(20, 9)') }} as internal_cost_usd
    from {{ ref('agg_provider_daily') }}
)

select
    concat(
        'provider cost by days is ', cast(days.cost_usd as text), ' in ', cast(days.calls as text), ' calls, ',
        cast(days.internal_cost_usd as text), ' of it internal, but the calls until yesterday cost ',
        cast(calls.cost_usd as text), ' in ', cast(calls.calls as text), ', ', cast(calls.internal_cost_usd as text),
        ' of it internal'
    ) as message
from calls
cross join days
where days.calls <> calls.calls or days.cost_usd <> calls.cost_usd or days.internal_cost_usd <> calls.internal_cost_usd
