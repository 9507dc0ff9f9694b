{{ sliced('customer_key', keep=true) }}

with

items as (
    select
        items.*,
        lives.customer_key,
        prices.months_numerator,
        prices.months_denominator,
        prices.minor_per_unit,
        prices.taxed_minor,
        prices.inclusive_tax_minor
    from {{ ref('int_item_mrr') }} as items
    inner join {{ ref('int_item_list_prices') }} as prices
        on items.subscription_item_id = prices.subscription_item_id and items.valid_from = prices.valid_from
    inner join {{ ref('int_subscription_lives') }} as lives
        on items.subscription_id = lives.subscription_id and not lives.is_internal
    where items.state <> 'trialing'
),

months as (
    select
        months.month,
        least({{ add_days(add_months('months.month', 1), -1) }}, days_covered.last_day) as closing_day
    from {{ ref('int_days_covered') }} as days_covered
    {{ series_of_months(month_start('days_covered.first_day'), month_start('days_covered.last_day'), 'months') }}
),

last_wishes as (
    select
        months.month,
        requests.subscription_id,
        requests.event_type,
        row_number() over (
            partition by months.month, requests.subscription_id
            order by requests.occurred_at desc, requests.event_type desc
        ) as recency
    from months
    inner join {{ ref('int_cancel_requests') }} as requests
        on months.closing_day >= {{ utc_date('requests.occurred_at') }}
),

once as (
    select
        months.month,
        discounts.subscription_item_id,
        sum(discounts.once_off_minor) as once_off_minor
    from months
    inner join {{ ref('int_once_discounts') }} as discounts
        on {{ holds_day('discounts', 'months.closing_day') }}
    group by months.month, discounts.subscription_item_id
),

valued as (
    select
        months.month,
        items.*,
        items.list_mrr_usd - items.discount_mrr_usd as net_usd,
        {{ round_ratio(
            'items.list_native_numerator * ' ~ whole('rates.usd_per_unit * 1000000000'),
            'items.list_native_denominator * 1000000000'
        ) }} as list_now_usd,
        {{ round_ratio(
            whole('coalesce(once.once_off_minor, 0)') ~ ' * items.months_numerator'
            ~ ' * (items.taxed_minor - items.inclusive_tax_minor) * items.nano_usd_per_unit',
            whole('items.months_denominator') ~ ' * items.taxed_minor * items.minor_per_unit * 1000000000'
        ) }} as once_off_usd,
        coalesce(last_wishes.event_type = 'cancel_requested', false) as wants_out
    from months
    inner join items
        on {{ holds_day('items', 'months.closing_day') }}
    left join last_wishes
        on
            months.month = last_wishes.month and items.subscription_id = last_wishes.subscription_id
            and last_wishes.recency = 1
    left join once on months.month = once.month and items.subscription_item_id = once.subscription_item_id
    left join {{ ref('stg_seeds__fx_rates') }} as rates
        on
            items.currency = rates.currency
            and months.closing_day >= rates.valid_from
            and (rates.valid_to is null or months.closing_day < rates.valid_to)
),

final as (
    select
        valued.month,
        valued.customer_key,
        valued.subscription_id, valued.subscription_item_id,
        valued.state,
        valued.wants_out,
        valued.mrr_usd, valued.list_mrr_usd,
        cast(valued.net_usd as numeric(20, 6)) as net_usd,
        valued.list_now_usd,
        valued.currency, valued.nano_usd_per_unit, valued.taxed_minor, valued.inclusive_tax_minor,
        cast(least(valued.once_off_usd, valued.net_usd) as numeric(20, 6)) as once_off_usd
    from valued
)

select * from final
