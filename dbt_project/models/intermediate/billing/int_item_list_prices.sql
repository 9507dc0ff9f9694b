{{ sliced() }}

with

segments as (
    select * from {{ ref('int_item_segments') }}
),

prices as (
    select * from {{ ref('int_recurring_prices') }}
),

currencies as (
    select * from {{ ref('dim_currencies') }}
),

-- Unit prices finer than a minor unit are carried as whole parts of 10^12.
unit_prices as (
    select
        segments.*,
        prices.product_id,
        case
            when prices.transform_divide_by is null then {{ whole('segments.quantity') }}
            when prices.transform_round = 'up'
                then {{ whole_quotient('segments.quantity + prices.transform_divide_by - 1', 'prices.transform_divide_by') }}
            else {{ whole_quotient('segments.quantity', 'prices.transform_divide_by') }}
        end as billed_quantity,
        case
            when prices.currency <> segments.currency
                then {{ whole(json_member_text('prices.currency_options', 'segments.currency', 'unit_amount')) }}
            when prices.unit_amount_minor is not null then {{ whole('prices.unit_amount_minor') }}
            else {{ whole('prices.unit_amount_decimal_minor * 1000000000000') }}
        end as unit_numerator,
        case
            when prices.currency <> segments.currency or prices.unit_amount_minor is not null then {{ whole(1) }}
            else {{ whole('1000000000000') }}
        end as unit_denominator,
        prices.months_numerator,
        prices.months_denominator,
        {{ power_of_ten('currencies.exponent') }} as minor_per_unit
    from segments
    inner join prices on segments.price_id = prices.price_id
    left join currencies on segments.currency = currencies.currency
),

-- Shares of a fixed discount follow list MRR; 720720 is divisible by every usual interval count.
final as (
    select
        unit_prices.*,
        unit_prices.unit_numerator * unit_prices.billed_quantity as period_numerator,
        {{ whole_quotient(
            'unit_prices.unit_numerator * unit_prices.billed_quantity * unit_prices.months_numerator * 720720 * 12',
            'unit_prices.months_denominator * unit_prices.unit_denominator'
        ) }} as share_weight
    from unit_prices
)

select * from final
