-- What has come in since the served generation was built, by the months whose figures it can have changed.
{% set objects = [
    ('cash', 'stg_stripe__balance_transactions', 'created_at', 'newest_stripe_load',
     "case when staged.reporting_category like '%refund%' then 'refund' else 'late_rows' end"),
    ('mrr', 'stg_stripe__subscriptions', 'created_at', 'newest_stripe_load',
     "case when staged.started_at < staged.created_at then 'backdating' else 'late_rows' end"),
    ('mrr', 'stg_stripe__invoices', 'created_at', 'newest_stripe_load', "'late_rows'"),
    ('usage', 'stg_app__videos', 'created_at', 'newest_app_load', "'late_rows'"),
    ('cost', 'stg_app__videos', 'created_at', 'newest_app_load', "'late_rows'"),
    ('cost', 'stg_app__api_usage_logs', 'occurred_at', 'newest_app_load', "'late_rows'"),
] -%}
{% set seeds = [('seeds.provider_rates', 'cost', 'rate_correction'), ('seeds.fx_rates', 'mrr', 'fx_correction'),
                ('seeds.fx_rates', 'cash', 'fx_correction')] -%}

with

news as (
    {% for area, table, instant, newest_load, cause in objects -%}
    select
        '{{ area }}' as area,
        case
            when staged.is_deleted and staged.first_load_id <= served.{{ newest_load }} then 'deletion'
            when staged.first_load_id <= served.{{ newest_load }} then 'changed_objects'
            else {{ cause }}
        end as cause,
        {{ utc_date('least(staged.' ~ instant ~ (', staged.started_at' if 'subscriptions' in table else '') ~ ')') }} as day
    from {{ ref(table) }} as staged
    cross join {{ source('raw_tillhouse', 'served_generation') }} as served
    where staged.raw_load_id > served.{{ newest_load }}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

dated as (
    select
        area,
        cause,
        {{ month_start('day') }} as first_month,
        -- What is known anew of a subscription can move every month from its start.
        case when area = 'mrr' then {{ open_day() }} else {{ month_start('day') }} end as last_month
    from news
),

-- Another Stripe customer or another role: what the user did before belongs to somebody else now.
relinked as (
    select landed.id
    from {{ source('raw_app', 'user') }} as landed
    inner join {{ source('raw_app', '_dlt_loads') }} as loads
        on landed._dlt_load_id = loads.load_id and loads.status = 0
    cross join {{ source('raw_tillhouse', 'served_generation') }} as served
    group by landed.id, served.newest_app_load
    having
        max(landed._dlt_load_id) > served.newest_app_load
        and (count(distinct landed.stripe_customer_id) > 1 or count(distinct landed.role) > 1)
),

inputs as (
    select areas.area, 'customer_identity' as cause
    from (values ('mrr'), ('usage')) as areas (area)
    where exists (select 1 from relinked)
    union all
    {% for seed, area, cause in seeds -%}
    select '{{ area }}', '{{ cause }}'
    from {{ source('raw_tillhouse', 'changed_inputs') }}
    where input = '{{ seed }}'
    union all
    {% endfor -%}
    select
        areas.area,
        case when changed.input = 'project' then 'definition_change' else 'seed_change' end
    from {{ source('raw_tillhouse', 'changed_inputs') }} as changed
    cross join (values ('mrr'), ('cash'), ('usage'), ('cost')) as areas (area)
    where changed.input not in ('seeds.provider_rates', 'seeds.fx_rates')
),

final as (
    select area, cause, first_month, last_month, count(*) as objects
    from dated
    group by area, cause, first_month, last_month
    union all
    select distinct area, cause, cast('0001-01-01' as date), {{ open_day() }}, 1
    from inputs
)

select * from final
