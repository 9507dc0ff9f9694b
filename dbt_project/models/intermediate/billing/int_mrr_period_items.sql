{{ sliced() }}

with

intervals as (
    select * from {{ ref('int_mrr_held_back') }}
    where not is_internal
),

run_context as (
    select * from {{ ref('stg_tillhouse__run_context') }}
),

changes as (
    select customer_key, valid_from as changed_on from intervals
    union
    select customer_key, valid_to from intervals
),

known_changes as (
    select changes.customer_key, changes.changed_on, run_context.last_day
    from changes
    cross join run_context
    where changes.changed_on <= run_context.last_day
),

customer_months as (
    select
        customer_key,
        {{ month_start('min(changed_on)') }} as first_month,
        {{ month_start('max(last_day)') }} as last_month,
        max(last_day) as last_day
    from known_changes
    group by customer_key
),

periods as (
    select
        known_changes.customer_key,
        'day' as period_type,
        known_changes.changed_on as period_start,
        known_changes.changed_on as closing_day
    from known_changes
    union all
    select
        customer_months.customer_key,
        'month' as period_type,
        months.month as period_start,
        least({{ add_days(add_months('months.month', 1), -1) }}, customer_months.last_day) as closing_day
    from customer_months
    {{ series_of_months('customer_months.first_month', 'customer_months.last_month', 'months') }}
),

openings as (
    select periods.*, {{ add_days('periods.period_start', -1) }} as opening_day
    from periods
),

-- An item has at most one interval on a day, so each maximum is that interval's own value.
final as (
    select
        {% for edge in ['opening', 'closing'] -%}
        {%- set held = holds_day('intervals', 'openings.' ~ edge ~ '_day') -%}
        max(case when {{ held }} then intervals.price_id end) as {{ edge }}_price_id,
        max(case when {{ held }} then intervals.state end) as {{ edge }}_state,
        cast(max(case when {{ held }} then intervals.mrr_usd end) as numeric(20, 6)) as {{ edge }}_mrr_usd,
        cast(max(case when {{ held }} then intervals.held_mrr_usd end) as numeric(20, 6)) as {{ edge }}_held_mrr_usd,
        max(case when {{ held }} then intervals.nano_usd_per_unit end) as {{ edge }}_nano_usd_per_unit,
        max(case when {{ held }} then intervals.net_native_numerator end) as {{ edge }}_net_native_numerator,
        max(case when {{ held }} then intervals.net_native_denominator end) as {{ edge }}_net_native_denominator,
        {% endfor -%}
        openings.customer_key,
        openings.period_type,
        openings.period_start,
        openings.closing_day,
        intervals.subscription_id,
        intervals.subscription_item_id
    from openings
    inner join intervals
        on
            openings.customer_key = intervals.customer_key
            and (
                {{ holds_day('intervals', 'openings.opening_day') }}
                or {{ holds_day('intervals', 'openings.closing_day') }}
            )
    group by
        openings.customer_key, openings.period_type, openings.period_start, openings.closing_day,
        intervals.subscription_id, intervals.subscription_item_id
)

select * from final
