{{ sliced() }}

with

versions as (
    select * from {{ ref('int_item_versions') }}
),

lives as (
    select * from {{ ref('int_subscription_lives') }}
),

intervals as (
    select * from {{ ref('int_mrr_intervals') }}
),

first_days as (
    select subscription_id, min(valid_from) as first_day
    from versions
    group by subscription_id
),

-- The first terms are the start, and what goes with the subscription is its end.
change_days as (
    select
        versions.subscription_id,
        versions.valid_from as changed_on,
        max(versions.changed_at) as changed_at,
        min(versions.history_source) as history_source
    from versions
    inner join first_days
        on versions.subscription_id = first_days.subscription_id and versions.valid_from > first_days.first_day
    inner join lives
        on versions.subscription_id = lives.subscription_id and versions.valid_from < {{ utc_date('lives.ended_at') }}
    group by versions.subscription_id, versions.valid_from
),

sides as (
    {% for side, day in [('before', add_days('change_days.changed_on', -1)), ('after', 'change_days.changed_on')] -%}
    select
        change_days.subscription_id,
        change_days.changed_on,
        '{{ side }}' as side,
        intervals.price_id,
        intervals.list_mrr_usd,
        intervals.nano_usd_per_unit,
        row_number() over (
            partition by change_days.subscription_id, change_days.changed_on
            order by intervals.list_mrr_usd desc, intervals.subscription_item_id
        ) as preference
    from change_days
    inner join intervals
        on
            change_days.subscription_id = intervals.subscription_id
            and {{ holds_day('intervals', day) }}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

summed as (
    select
        {% for side in ['before', 'after'] -%}
        {{ total("case when sides.side = '" ~ side ~ "' then sides.list_mrr_usd end") }} as list_mrr_{{ side }}_usd,
        max(case when sides.side = '{{ side }}' then sides.nano_usd_per_unit end) as {{ side }}_nano_usd,
        max(case when sides.side = '{{ side }}' and sides.preference = 1 then sides.price_id end) as {{ side }}_plan_key,
        {% endfor -%}
        sides.subscription_id,
        sides.changed_on
    from sides
    group by sides.subscription_id, sides.changed_on
),

-- Each side at the other's exchange rate: a renewal at a new rate is no change of plan.
weighed as (
    select
        change_days.*,
        summed.list_mrr_before_usd,
        summed.list_mrr_after_usd,
        summed.before_plan_key,
        summed.after_plan_key,
        {{ whole('summed.list_mrr_before_usd * 1000000') }} * coalesce(summed.after_nano_usd, summed.before_nano_usd)
            as weight_before,
        {{ whole('summed.list_mrr_after_usd * 1000000') }} * summed.before_nano_usd as weight_after
    from change_days
    inner join summed
        on change_days.subscription_id = summed.subscription_id and change_days.changed_on = summed.changed_on
    where summed.before_nano_usd is not null
),

final as (
    select weighed.*, case when weight_after > weight_before then 'upgraded' else 'downgraded' end as event_type
    from weighed
    where weight_after <> weight_before
)

select * from final
