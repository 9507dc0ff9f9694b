{{ sliced('subscription_id', keep=true) }}

with

intervals as (
    select * from {{ ref('int_mrr_intervals') }}
),

final as (
    select
        intervals.subscription_item_id,
        intervals.valid_from,
        case when intervals.valid_to < {{ open_day() }} then intervals.valid_to end as valid_to,
        intervals.subscription_id,
        intervals.customer_key,
        intervals.price_id as plan_key,
        intervals.quantity,
        intervals.state,
        intervals.list_mrr_usd,
        intervals.discount_mrr_usd,
        intervals.mrr_usd,
        intervals.currency,
        {{ round_ratio('intervals.nano_usd_per_unit', 1000000000, 9) }} as usd_per_unit,
        intervals.is_internal,
        intervals.history_source,
        intervals.account_id
    from intervals
)

select * from final
