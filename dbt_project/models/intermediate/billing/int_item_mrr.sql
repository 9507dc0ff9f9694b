{{ sliced() }}

with

items as (
    select * from {{ ref('int_item_list_prices') }}
),

fixed_discounts as (
    select * from {{ ref('int_item_fixed_discounts') }}
),

percent_discounts as (
    select * from {{ ref('int_item_percent_discounts') }}
),

-- Everything is a fraction of whole numbers up to the one rounding at the end. Inclusive tax is the part of
-- every amount that it was of the last bill.
fractions as (
    select
        items.*,
        items.period_numerator * items.months_numerator * (items.taxed_minor - items.inclusive_tax_minor)
            as list_numerator,
        greatest(
            items.period_numerator - coalesce(fixed_discounts.fixed_off_minor, 0) * items.unit_denominator, 0
        ) * items.months_numerator * (items.taxed_minor - items.inclusive_tax_minor)
        * coalesce(percent_discounts.kept_numerator, 1) as net_numerator,
        items.unit_denominator * items.months_denominator * items.taxed_minor * items.minor_per_unit
            as list_denominator,
        coalesce(percent_discounts.kept_denominator, 1) as kept_denominator
    from items
    left join fixed_discounts
        on
            items.subscription_item_id = fixed_discounts.subscription_item_id
            and items.valid_from = fixed_discounts.valid_from
    left join percent_discounts
        on
            items.subscription_item_id = percent_discounts.subscription_item_id
            and items.valid_from = percent_discounts.valid_from
),

reduced as (
    select
        fractions.*,
        {{ reduced_numerator('net_numerator', 'list_denominator * kept_denominator') }} as net_native_numerator,
        {{ reduced_denominator('net_numerator', 'list_denominator * kept_denominator') }} as net_native_denominator,
        {{ reduced_numerator('list_numerator', 'list_denominator') }} as list_native_numerator,
        {{ reduced_denominator('list_numerator', 'list_denominator') }} as list_native_denominator,
        {{ whole('usd_per_unit * 1000000000') }} as nano_usd_per_unit
    from fractions
),

converted as (
    select
        reduced.*,
        {{ round_ratio(
            'reduced.list_native_numerator * reduced.nano_usd_per_unit',
            'reduced.list_native_denominator * 1000000000'
        ) }} as list_mrr_usd,
        {{ round_ratio(
            'reduced.net_native_numerator * reduced.nano_usd_per_unit',
            'reduced.net_native_denominator * 1000000000'
        ) }} as net_mrr_usd
    from reduced
),

final as (
    select
        converted.subscription_item_id,
        converted.subscription_id,
        converted.valid_from,
        converted.valid_to,
        converted.price_id,
        converted.quantity,
        case
            when
                converted.subscription_state in {{ earning_states() }}
                and converted.list_native_numerator > 0
                and converted.net_native_numerator = 0
                then 'comped'
            else converted.subscription_state
        end as state,
        converted.list_mrr_usd,
        cast(converted.list_mrr_usd - converted.net_mrr_usd as numeric(20, 6)) as discount_mrr_usd,
        cast(case
            when converted.subscription_state in {{ earning_states() }} then converted.net_mrr_usd else 0
        end as numeric(20, 6)) as mrr_usd,
        converted.history_source,
        converted.currency,
        converted.nano_usd_per_unit,
        converted.net_native_numerator,
        converted.net_native_denominator,
        converted.list_native_numerator,
        converted.list_native_denominator
    from converted
)

select * from final
