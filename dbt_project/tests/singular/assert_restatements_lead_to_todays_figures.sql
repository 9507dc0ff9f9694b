-- What was restated is what is published since: the newest restatement of a closed month says its figure of today, and
-- each changed something in a month that was over.
with

closed as (
    select * from {{ ref('agg_closed_months') }}
),

restatements as (
    select
        told.*,
        max(told.restated_at) over (partition by told.metric, told.month) as newest_at
    from {{ ref('fct_restatements') }} as told
    where told.metric in (select closed.metric from closed)
),

judged as (
    select
        restatements.metric,
        restatements.month,
        coalesce(max(closed.figure), 0) as figure,
        max(restatements.after) as after,
        count(case when restatements.after = coalesce(closed.figure, 0) then 1 end) as agreeing
    from restatements
    left join closed
        on restatements.metric = closed.metric and restatements.month = closed.month
    where restatements.restated_at = restatements.newest_at
    group by restatements.metric, restatements.month
)

select
    concat(
        metric, ' of ', cast(month as text), ' was restated to ', cast(after as text), ', but is ', cast(figure as text)
    ) as message
from judged
where agreeing = 0
union all
select concat('the restatement of ', metric, ' of ', cast(month as text), ' changes nothing, or a month that was not over')
from {{ ref('fct_restatements') }}
where before = after or {{ utc_date('restated_at') }} < {{ add_months('month', 1) }}
