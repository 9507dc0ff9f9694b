-- Whose past may be another than in the build this one goes on from: users of whom, or of whose videos or credits, a row
-- came in, who became internal or ceased to be, and whose credits ended since. Every version of a row names an owner: what
-- moved from one user to another changes both.
with

scope as (
    select
        build_scope.app_load,
        build_scope.since,
        run_context.now_at
    from {{ source('raw_tillhouse', 'build_scope') }} as build_scope
    cross join {{ ref('stg_tillhouse__run_context') }} as run_context
),

before as (
    select distinct videos.user_id
    from ({{ built_before('fct_videos', {'user_id': 'text', 'is_internal': 'boolean'}) }}) as videos
    where videos.is_internal
),

came as (
    {% for table in ['user', 'video', 'credit_transaction'] -%}
    select
        '{{ table }}' as source,
        landed.id
    from ({{ landed_versions('raw_app', table) }}) as landed
    inner join scope
        on landed._dlt_load_id > scope.app_load
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

touched as (
    select id as user_id
    from came
    where source = 'user'
    {% for table in ['video', 'credit_transaction'] -%}
    union all
    select versions.user_id
    from ({{ landed_versions('raw_app', table) }}) as versions
    inner join came
        on versions.id = came.id and came.source = '{{ table }}'
    {% endfor -%}
    union all
    select entries.user_id
    from {{ ref('stg_app__credit_transactions') }} as entries
    inner join scope
        on entries.expires_at > scope.since and entries.expires_at <= scope.now_at
    union all
    select coalesce(internal.customer_key, before.user_id)
    from {{ ref('int_internal_customers') }} as internal
    full join before
        on internal.customer_key = before.user_id
    where
        exists (select 1 from scope)
        and (internal.customer_key is null or before.user_id is null)
),

final as (
    select distinct user_id
    from touched
    where user_id is not null
)

select * from final
