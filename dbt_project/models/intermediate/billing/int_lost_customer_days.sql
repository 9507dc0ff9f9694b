{{ sliced() }}

with

customer_days as (
    select * from {{ ref('int_mrr_customer_periods') }}
    where period_type = 'day'
),

-- A customer is lost when nothing is earned any more and nothing held back either. Who ends while paused loses
-- what was held; who was never paid for loses nothing.
final as (
    select
        customer_key,
        period_start as churned_on,
        from_plan_key,
        case when opening_usd > 0 then opening_usd else opening_held_usd end as lost_usd,
        opening_usd = 0 as was_held,
        first_paid_on
    from customer_days
    where
        closing_usd = 0
        and not is_held_at_closing
        and (opening_usd > 0 or (is_held_at_opening and opening_held_usd > 0))
)

select * from final
