{{ sliced('customer_key') }}

with

customer_periods as (
    select * from {{ ref('int_mrr_customer_periods') }}
),

-- By month too, what counts are the two ends: up and down again in between is nothing.
turned as (
    select
        customer_periods.*,
        case
            when opening_usd > 0 and closing_usd > 0 then 'goes_on'
            when opening_usd > 0 and is_held_at_closing then 'paused'
            when opening_usd > 0 then 'churn'
            when closing_usd = 0 then 'none'
            when first_paid_on >= period_start then 'new'
            when is_held_at_opening then 'resumed'
            else 'reactivation'
        end as turn
    from customer_periods
),

-- Resumed is what was held back; if the item that held it is gone, what any held, else all there is now.
split as (
    select
        turned.*,
        case when turn = 'new' then closing_usd else 0 end as new_usd,
        case when turn = 'reactivation' then closing_usd else 0 end as reactivation_usd,
        case
            when turn = 'resumed' then coalesce(nullif(released_usd, 0), nullif(no_longer_held_usd, 0), closing_usd)
            when turn = 'goes_on' then released_usd
            else 0
        end as resumed_usd,
        case when turn = 'churn' then opening_usd else 0 end as churn_usd,
        case when turn = 'paused' then opening_usd when turn = 'goes_on' then newly_held_usd else 0 end as paused_usd
    from turned
),

rested as (
    select
        split.*,
        closing_usd - opening_usd - new_usd - reactivation_usd - resumed_usd + churn_usd + paused_usd - fx_usd as rest_usd
    from split
),

final as (
    select
        customer_key,
        period_type,
        period_start,
        cast(opening_usd as numeric(20, 6)) as opening_usd,
        cast(new_usd as numeric(20, 6)) as new_usd,
        cast(greatest(rest_usd, 0) as numeric(20, 6)) as expansion_usd,
        cast(reactivation_usd as numeric(20, 6)) as reactivation_usd,
        cast(resumed_usd as numeric(20, 6)) as resumed_usd,
        cast(greatest(-rest_usd, 0) as numeric(20, 6)) as contraction_usd,
        cast(churn_usd as numeric(20, 6)) as churn_usd,
        cast(paused_usd as numeric(20, 6)) as paused_usd,
        cast(fx_usd as numeric(20, 6)) as fx_usd,
        cast(closing_usd as numeric(20, 6)) as closing_usd,
        case
            when turn in ('paused', 'resumed') and has_comped_turn then 'comped'
            when turn not in ('goes_on', 'none') then turn
            when paused_usd + resumed_usd > 0 and has_comped_turn then 'comped'
            when paused_usd > 0 then 'paused'
            when resumed_usd > 0 then 'resumed'
            when rest_usd > 0 then 'expansion'
            when rest_usd < 0 then 'contraction'
            when fx_usd <> 0 then 'fx'
            else 'none'
        end as primary_movement,
        from_plan_key,
        to_plan_key,
        cause_object_id
    from rested
    where
        (period_type = 'month' and (opening_usd > 0 or closing_usd > 0))
        or new_usd + reactivation_usd + resumed_usd + churn_usd + paused_usd > 0
        or rest_usd <> 0
        or fx_usd <> 0
)

select * from final
