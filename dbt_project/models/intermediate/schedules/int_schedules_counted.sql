{{ sliced() }}

with

schedules as (
    select
        months.*,
        customers.customer_key,
        months.begins_on <= months.closing_day as is_running
    from {{ ref('int_schedule_months') }} as months
    inner join {{ ref('dim_stripe_customers') }} as customers
        on months.customer_id = customers.stripe_customer_id and not customers.is_internal
    where customers.deleted_at is null or {{ utc_date('customers.deleted_at') }} > months.closing_day
),

items_now as (
    select
        items.*,
        row_number() over (
            partition by items.month, items.subscription_id order by items.taxed_minor desc, items.subscription_item_id
        ) as size_position
    from {{ ref('int_mrr_month_items') }} as items
),

subscriptions as (
    select
        month,
        subscription_id,
        sum(mrr_usd) as mrr_usd,
        bool_or(wants_out) as wants_out,
        max(currency) as currency,
        max(nano_usd_per_unit) as nano_usd_per_unit,
        max(case when size_position = 1 then taxed_minor end) as taxed_minor,
        max(case when size_position = 1 then inclusive_tax_minor end) as inclusive_tax_minor
    from items_now
    group by month, subscription_id
),

-- A change counts where the subscription earns and nobody wants it to end; a start unless it is one of a trial. Of a
-- schedule that was changed only the phases since then may be known, so a subscription may be older than the first.
final as (
    select
        schedules.month,
        schedules.closing_day,
        schedules.subscription_schedule_id,
        schedules.customer_key,
        schedules.subscription_id,
        schedules.currency,
        cast(coalesce(subscriptions.mrr_usd, 0) as numeric(20, 6)) as mrr_usd,
        subscriptions.currency as subscription_currency,
        subscriptions.nano_usd_per_unit,
        coalesce(subscriptions.taxed_minor, 1) as taxed_minor,
        coalesce(subscriptions.inclusive_tax_minor, 0) as inclusive_tax_minor
    from schedules
    left join {{ ref('int_subscription_states') }} as states
        on schedules.subscription_id = states.subscription_id and {{ holds_day('states', 'schedules.closing_day') }}
    left join subscriptions
        on schedules.month = subscriptions.month and schedules.subscription_id = subscriptions.subscription_id
    where
        case
            when schedules.is_running or states.subscription_id is not null
                then states.subscription_state in {{ earning_states() }} and not coalesce(subscriptions.wants_out, false)
            else not schedules.begins_with_trial
        end
)

select * from final
