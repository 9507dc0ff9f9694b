{{ config(meta={'looked_up': true}, pre_hook={'sql': '{{ keep_what_was() }}', 'transaction': false}) }}

-- One row: from the first day with any data to the last complete day. Daily series run over it.
with

firsts as (
    select min(created_at) as first_at from {{ ref('stg_stripe__customers') }}
    union all
    select min(created_at) as first_at from {{ ref('stg_stripe__subscriptions') }}
    union all
    select min(created_at) as first_at from {{ ref('stg_stripe__balance_transactions') }}
    union all
    select min(created_at) as first_at from {{ ref('stg_app__users') }}
    union all
    select min(created_at) as first_at from {{ ref('stg_app__videos') }}
    union all
    select min(occurred_at) as first_at from {{ ref('stg_app__api_usage_logs') }}
    union all
    select min(created_at) as first_at from {{ ref('stg_app__credit_transactions') }}
    union all
    select min(created_at) as first_at from {{ ref('stg_app__system_alerts') }}
),

final as (
    select
        {{ utc_date('min(firsts.first_at)') }} as first_day,
        max(run_context.last_day) as last_day
    from firsts
    cross join {{ ref('stg_tillhouse__run_context') }} as run_context
)

select * from final
