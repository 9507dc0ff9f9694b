-- What has come in since the served generation was built, by the months whose figures it can have changed.
{% set areas = ['mrr', 'cash', 'usage', 'cost', 'revenue', 'margin'] -%}
{% set seeds = {
    'seeds.provider_rates': ('rate_correction', ['cost', 'margin']),
    'seeds.fx_rates': ('fx_correction', ['mrr', 'cash', 'revenue', 'margin']),
} -%}

with

dated as (
    select
        area,
        cause,
        object_id,
        {{ month_start('since') }} as first_month,
        case when onwards then {{ open_day() }} else {{ month_start('since') }} end as last_month
    from {{ ref('int_objects_since_served') }}
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
    {% for area in areas -%}
    {% if area in ['mrr', 'usage', 'revenue', 'margin'] -%}
    select '{{ area }}' as area, 'customer_identity' as cause, cast(null as text) as input
    where exists (select 1 from relinked)
    union all
    {% endif -%}
    select '{{ area }}', case when changed.input = 'project' then 'definition_change' else 'seed_change' end, changed.input
    from {{ source('raw_tillhouse', 'changed_inputs') }} as changed
    where changed.input not in ('{{ seeds | join("', '") }}')
    {{ 'union all' if not loop.last }}
    {% endfor -%}
    {% for seed, (cause, of_areas) in seeds.items() -%}
    {% for area in of_areas -%}
    union all
    select '{{ area }}', '{{ cause }}', '{{ seed }}'
    from {{ source('raw_tillhouse', 'changed_inputs') }}
    where input = '{{ seed }}'
    {% endfor -%}
    {% endfor -%}
),

-- One object of several stands for all: the one with the least id.
final as (
    select area, cause, first_month, last_month, count(*) as objects, min(object_id) as object_id
    from dated
    group by area, cause, first_month, last_month
    union all
    select area, cause, cast('0001-01-01' as date), {{ open_day() }}, 1, min(input)
    from inputs
    group by area, cause
)

select * from final
