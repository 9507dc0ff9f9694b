{{ sliced(whole='view') }}

-- What a figure that holds at a day's end is made of, with the days on which it counts: [valid_from, valid_to).
with

intervals as (
    select
        subscription_item_id,
        valid_from,
        coalesce(valid_to, {{ open_day() }}) as valid_to,
        mrr_usd
    from {{ ref('fct_mrr_intervals') }}
    where mrr_usd > 0 and not is_internal
),

-- A customer begins and ceases to pay in turns.
turns as (
    select
        customer_key,
        period_start as valid_from,
        closing_usd > 0 as pays,
        coalesce(lead(period_start) over (partition by customer_key order by period_start), {{ open_day() }}) as valid_to
    from {{ ref('fct_mrr_movements') }}
    where period_type = 'day' and (opening_usd > 0) <> (closing_usd > 0)
),

final as (
    {% for metric, months in [('mrr_usd', 1), ('arr_usd', 12)] -%}
    select
        '{{ metric }}' as metric,
        'subscription_item' as object_type,
        subscription_item_id as object_id,
        valid_from,
        valid_to,
        cast({{ months }} * mrr_usd as numeric(20, 9)) as amount
    from intervals
    union all
    {% endfor -%}
    select
        'paying_customers',
        'customer',
        customer_key,
        valid_from,
        valid_to,
        cast(1 as numeric(20, 9))
    from turns
    where pays
    union all
    select
        measure,
        'user',
        user_id,
        valid_from,
        valid_to,
        cast(1 as numeric(20, 9))
    from {{ ref('int_user_windows') }}
    where measure in ('wau', 'mau')
    union all
    select
        'open_alerts',
        'alert',
        alert_id,
        {{ utc_date('raised_at') }},
        coalesce({{ utc_date('resolved_at') }}, {{ open_day() }}),
        cast(1 as numeric(20, 9))
    from {{ ref('fct_alerts') }}
    where {{ utc_date('raised_at') }} < coalesce({{ utc_date('resolved_at') }}, {{ open_day() }})
)

select * from final
