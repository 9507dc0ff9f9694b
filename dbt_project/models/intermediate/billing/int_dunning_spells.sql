{{ sliced() }}

with

failing_invoices as (
    select * from {{ ref('int_failing_invoices') }}
    where resolved_at > first_failed_at
),

with_reach as (
    select
        failing_invoices.*,
        max(failing_invoices.resolved_at) over (
            partition by failing_invoices.subscription_id
            order by failing_invoices.first_failed_at, failing_invoices.resolved_at
            rows between unbounded preceding and 1 preceding
        ) as resolved_before_at
    from failing_invoices
),

numbered as (
    select
        with_reach.*,
        sum(case when with_reach.first_failed_at < with_reach.resolved_before_at then 0 else 1 end) over (
            partition by with_reach.subscription_id
            order by with_reach.first_failed_at, with_reach.resolved_at
            rows between unbounded preceding and current row
        ) as spell_number
    from with_reach
),

final as (
    select
        numbered.subscription_id,
        numbered.spell_number,
        min(numbered.first_failed_at) as past_due_at,
        {{ add_hours('min(numbered.first_failed_at)', '24 * ' ~ grace_days()) }} as grace_ends_at,
        max(numbered.last_failed_at) as last_failed_at,
        max(numbered.resolved_at) as resolved_at
    from numbered
    group by numbered.subscription_id, numbered.spell_number
)

select * from final
