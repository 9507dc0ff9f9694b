{{ sliced('customer_key') }}

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

-- A change counts where the subscription earns and nobody wants it to end; a start unless it is one of a trial.
counted as (
    select
        schedules.*,
        coalesce(subscriptions.mrr_usd, 0) as mrr_usd,
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
            when schedules.is_running
                then states.subscription_state in {{ earning_states() }} and not coalesce(subscriptions.wants_out, false)
            else not schedules.begins_with_trial
        end
),

-- At the rate of its subscription, and with the share of tax of that one's largest bill; else at that of the month's end.
valued as (
    select
        counted.month,
        counted.subscription_schedule_id,
        sum({{ round_ratio(
            'items.net_native_numerator * (counted.taxed_minor - counted.inclusive_tax_minor) * case'
            ~ ' when items.currency = counted.subscription_currency then counted.nano_usd_per_unit'
            ~ ' else ' ~ whole('rates.usd_per_unit * 1000000000') ~ ' end',
            'items.net_native_denominator * counted.taxed_minor * 1000000000'
        ) }}) as mrr_usd
    from counted
    inner join {{ ref('int_scheduled_amounts') }} as items
        on counted.month = items.month and counted.subscription_schedule_id = items.subscription_schedule_id
    left join {{ ref('stg_seeds__fx_rates') }} as rates
        on
            items.currency = rates.currency
            and counted.closing_day >= rates.valid_from
            and (rates.valid_to is null or counted.closing_day < rates.valid_to)
    group by counted.month, counted.subscription_schedule_id
),

final as (
    select
        counted.month,
        counted.subscription_schedule_id,
        counted.customer_key,
        counted.subscription_id,
        counted.currency,
        cast(counted.mrr_usd as numeric(20, 6)) as mrr_usd,
        cast(coalesce(valued.mrr_usd, 0) as numeric(20, 6)) as scheduled_mrr_usd,
        cast(coalesce(valued.mrr_usd, 0) - counted.mrr_usd as numeric(20, 6)) as change_usd
    from counted
    left join valued
        on counted.month = valued.month and counted.subscription_schedule_id = valued.subscription_schedule_id
)

select * from final
