-- A month that the served generation called closed and that says something else now. What is new since then tells the
-- cause: the first of the list that the month has, and all of them as evidence.
{% set causes = [
    'rate_correction', 'fx_correction', 'deletion', 'refund', 'backdating', 'late_rows', 'customer_identity',
    'seed_change', 'changed_objects', 'definition_change',
] -%}

with

closed as (
    select * from {{ ref('agg_closed_months') }}
),

served as (
    select
        metric,
        month,
        figure,
        max(month) over (partition by metric) as last_served_month
    from {{ source('raw_tillhouse', 'served_months') }}
),

bounds as (
    select distinct
        closed.metric,
        closed.area,
        served.last_served_month
    from closed
    inner join served on closed.metric = served.metric
),

months as (
    select metric, month, figure as after, cast(null as numeric(20, 9)) as before from closed
    union all
    select metric, month, null, figure from served
),

changed as (
    select
        bounds.metric,
        bounds.area,
        months.month,
        cast(coalesce(max(months.before), 0) as numeric(20, 9)) as before,
        cast(coalesce(max(months.after), 0) as numeric(20, 9)) as after
    from months
    inner join bounds
        on months.metric = bounds.metric and months.month <= bounds.last_served_month
    group by bounds.metric, bounds.area, months.month
    having coalesce(max(months.before), 0) <> coalesce(max(months.after), 0)
),

explained as (
    select
        changed.metric, changed.month, changed.before, changed.after, news.cause,
        sum(news.objects) as objects, min(news.object_id) as object_id,
        case
            {% for cause in causes -%}
            when news.cause = '{{ cause }}' then {{ loop.index }}
            {% endfor -%}
        end as position
    from changed
    left join {{ ref('int_news_since_served') }} as news
        on changed.area = news.area and changed.month between news.first_month and news.last_month
    group by changed.metric, changed.month, changed.before, changed.after, news.cause
),

named as (
    select
        metric,
        month,
        before,
        after,
        row_number() over (partition by metric, month order by position) as cause_number,
        coalesce(cause, 'unexplained') as cause,
        string_agg(
            case when cause is not null then concat(cause, ' ', cast(objects as text), ' (' || object_id || ')') end, ', '
        ) over (
            partition by metric, month order by position rows between unbounded preceding and unbounded following
        ) as evidence
    from explained
),

final as (
    select metric, month, run_id, restated_at, before, after, cause, evidence
    from {{ source('raw_tillhouse', 'served_restatements') }}
    union all
    select
        named.metric, named.month, run_context.run_id, run_context.now_at,
        named.before,
        named.after,
        named.cause,
        named.evidence
    from named
    cross join {{ ref('stg_tillhouse__run_context') }} as run_context
    where named.cause_number = 1
)

select * from final
