-- Videos of changed users, and videos of whose row, calls or credits a version came in; each of its versions names one.
with

scope as (
    select app_load from {{ source('raw_tillhouse', 'build_scope') }}
),

came as (
    {% for table in ['video', 'api_usage_log', 'credit_transaction'] -%}
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
    select videos.video_id
    from {{ ref('stg_app__videos') }} as videos
    inner join {{ ref('int_changed_users') }} as users
        on videos.user_id = users.user_id
    {% for table, video in [('video', 'id'), ('api_usage_log', 'video_id'), ('credit_transaction', 'video_id')] -%}
    union all
    select versions.{{ video }}
    from ({{ landed_versions('raw_app', table) }}) as versions
    inner join came
        on versions.id = came.id and came.source = '{{ table }}'
    {% endfor -%}
),

final as (
    select distinct video_id
    from touched
    where video_id is not null
)

select * from final
