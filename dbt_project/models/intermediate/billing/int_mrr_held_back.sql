{{ sliced() }}

with

intervals as (
    select * from {{ ref('int_mrr_intervals') }}
),

-- A pause or a 100 % discount holds back what the item last earned, whatever its price became meanwhile.
counted as (
    select
        intervals.*,
        count(case when intervals.mrr_usd > 0 then 1 end) over (
            partition by intervals.subscription_item_id
            order by intervals.valid_from
            rows between unbounded preceding and current row
        ) as earnings_so_far
    from intervals
),

final as (
    select
        counted.*,
        cast(case
            when counted.state in {{ held_states() }}
                then coalesce(max(counted.mrr_usd) over (
                    partition by counted.subscription_item_id, counted.earnings_so_far
                ), 0)
            else 0
        end as numeric(20, 6)) as held_mrr_usd
    from counted
)

select * from final
