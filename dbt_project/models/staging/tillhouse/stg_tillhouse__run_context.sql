with

final as (
    select
        context.run_id,
        context.mode,
        context.now_at,
        {{ utc_date('context.now_at') }} as today,
        {{ add_days(utc_date('context.now_at'), -1) }} as last_day,
        context.live_mode,
        context.first_load_at,
        context.account_id,
        lower(context.default_currency) as default_currency,
        context.account_start_at
    from {{ source('raw_tillhouse', 'run_context') }} as context
)

select * from final
